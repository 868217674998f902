import type { Truth, TruthDay } from './simulator.js';
import { unitsOf } from './units.js';

/** Whose an account is on a day: the test's own reading of the customer map. */
export type CustomerOf = (accountSid: string, day: string) => { readonly id: string; readonly name: string };

/** One account-day in one currency, from the simulator's truth; money in hundred-millionths. */
export interface ExpectedDay {
  readonly account: string;
  readonly day: string;
  readonly currency: string;
  callsCount: number;
  callsMinutes: number;
  callsCost: bigint;
  callsUnpriced: number;
  messagesCount: number;
  messagesSegments: number;
  messagesCost: bigint;
  messagesUnpriced: number;
  callsUsage: bigint;
  messagesUsage: bigint;
  totalUsage: bigint;
}

/** Categories that stand in no other one but `totalprice`, and whose records a list shows (twilio-contract, containment). */
const callCategories = ['calls', 'calls-client', 'calls-sip', 'trunking-origination', 'trunking-termination'];
const messageCategories = ['sms', 'mms', 'channels'];

/** Everything the ledger must hold, by account, day and currency; a currency that Twilio does not tell is empty. */
export function expectedDays(truth: Truth): ExpectedDay[] {
  const found = new Map<string, ExpectedDay>();
  const at = (account: string, day: string, currency: string): ExpectedDay => {
    const key = `${account} ${day} ${currency}`;
    const existing = found.get(key) ?? emptyDay(account, day, currency);
    found.set(key, existing);
    return existing;
  };
  for (const one of truth.days) addRecords(at(one.account_sid, one.day, one.currency ?? ''), one);
  for (const { account_sid, day, currency, category, price } of truth.usage) {
    const total = category === 'totalprice';
    if (!total && !callCategories.includes(category) && !messageCategories.includes(category)) continue;
    const row = at(account_sid, day, currency);
    if (total) row.totalUsage += unitsOf(price);
    else if (callCategories.includes(category)) row.callsUsage += unitsOf(price);
    else row.messagesUsage += unitsOf(price);
  }
  return [...found.values()].sort(
    (a, b) => byBytes(a.account, b.account) || byBytes(a.day, b.day) || byBytes(a.currency, b.currency),
  );
}

function emptyDay(account: string, day: string, currency: string): ExpectedDay {
  return {
    ...{ account, day, currency },
    ...{ callsCount: 0, callsMinutes: 0, callsCost: 0n, callsUnpriced: 0 },
    ...{ messagesCount: 0, messagesSegments: 0, messagesCost: 0n, messagesUnpriced: 0 },
    ...{ callsUsage: 0n, messagesUsage: 0n, totalUsage: 0n },
  };
}

function addRecords(row: ExpectedDay, one: TruthDay): void {
  if (one.service === 'calls') {
    row.callsCount += one.count;
    row.callsMinutes += one.minutes;
    row.callsCost += unitsOf(one.cost);
    row.callsUnpriced += one.unpriced;
  } else {
    row.messagesCount += one.count;
    row.messagesSegments += one.segments;
    row.messagesCost += unitsOf(one.cost);
    row.messagesUnpriced += one.unpriced;
  }
}

/** What `totalprice` holds beyond calls and messages. */
export const otherOf = (row: ExpectedDay): bigint => row.totalUsage - row.callsUsage - row.messagesUsage;

/** Twilio listed a usage that is not nothing: it makes a row even where no record is listed. */
export const hasUsage = (row: ExpectedDay): boolean =>
  row.totalUsage !== 0n || row.callsUsage !== 0n || row.messagesUsage !== 0n;

export const hasRecords = (row: ExpectedDay): boolean => row.callsCount + row.messagesCount > 0;

/** The order of `ORDER BY` on texts: by their UTF-8 bytes, not by JavaScript's UTF-16 units. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The FriendlyName is the customer, where there is no map. */
export function friendlyNameCustomers(truth: Truth): CustomerOf {
  const names = new Map(truth.accounts.map((account) => [account.account_sid, account.friendly_name]));
  return (accountSid) => {
    const name = names.get(accountSid) ?? '';
    const id = name.trim() === '' ? 'unallocated' : name;
    return { id, name: id };
  };
}
