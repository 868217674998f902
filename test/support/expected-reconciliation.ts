import { byBytes, type CustomerOf } from './expected-ledger.js';
import { compareLists, type ExpectedRecords } from './expected-records.js';
import type { Row } from './published.js';
import type { Truth } from './simulator.js';
import { amountText, unitsOf } from './units.js';

/** What is expected of the comparison in a world in which usage counts exactly the records that are listed. */
export interface ExpectedComparison extends ExpectedRecords {
  readonly truth: Truth;
  /** Whether the main account's usage with its subaccounts was read, as main credentials allow. */
  readonly consolidated?: boolean;
}

/** Families of the simulator's categories that stand in no other but `totalprice` (twilio-contract, containment). */
const families: Readonly<Record<string, string>> = {
  calls: 'voice',
  'calls-client': 'client_and_sip_voice',
  'calls-sip': 'client_and_sip_voice',
  'trunking-origination': 'trunking',
  'trunking-termination': 'trunking',
  sms: 'sms',
  mms: 'mms',
  channels: 'channels',
  'sms-messages-carrierfees': 'carrier_fees',
  'mms-messages-carrierfees': 'carrier_fees',
  'failed-message-processing-fee': 'message_fees',
  phonenumbers: 'phone_numbers',
  shortcodes: 'phone_numbers',
  recordings: 'recordings',
  recordingstorage: 'recordings',
  transcriptions: 'recordings',
  calleridlookups: 'lookups',
  'carrier-lookups': 'lookups',
  'answering-machine-detection': 'voice_features',
  'amazon-polly': 'voice_features',
  mediastorage: 'storage',
  premiumsupport: 'other',
  wireless: 'wireless',
  'taskrouter-tasks': 'other',
};
const itemised = ['voice', 'client_and_sip_voice', 'trunking', 'sms', 'mms', 'channels'];

const causes = [
  ...['unpriced_rows', 'usage_not_final', 'deleted_at_twilio', 'not_itemised', 'carrier_fees', 'failed_message_fees'],
  ...['day_attribution', 'minute_rounding', 'currency_mismatch', 'restated', 'extraction_incomplete', 'surplus_rows'],
  'unexplained',
];

export interface FamilyDay {
  readonly account: string;
  readonly day: string;
  readonly family: string;
  readonly currency: string;
  count: number;
  units: number;
  cost: bigint;
  unpriced: number;
  status: string;
}

const badness = ['agrees', 'explained', 'pending', 'unknown', 'differs'];
export const worst = (found: readonly string[]): string =>
  badness.findLast((status) => found.includes(status)) ?? 'agrees';

const dayMs = 86_400_000;

/** Usage is final a whole day after its day's end. */
export const isFinal = ({ world }: Truth, day: string): boolean =>
  Date.parse(world.now) >= Date.parse(`${day}T00:00:00Z`) + 2 * dayMs;

/** One row for each account, day, family and currency that was used. */
export function familyDays({ truth, month, from, to, unpriced }: ExpectedComparison): FamilyDay[] {
  const found = new Map<string, FamilyDay>();
  for (const one of truth.usage) {
    const family = families[one.category];
    if (family === undefined || !one.day.startsWith(month) || one.day < from || one.day >= to) continue;
    const { account_sid: account, day, currency } = one;
    const key = [account, day, family, currency].join(' ');
    const row = found.get(key) ?? {
      account,
      day,
      family,
      currency,
      count: 0,
      units: 0,
      cost: 0n,
      unpriced: 0,
      status: '',
    };
    row.count += one.count;
    row.units += one.usage;
    row.cost += unitsOf(one.price);
    row.status = itemised.includes(family) ? (isFinal(truth, day) ? 'agrees' : 'pending') : 'not_compared';
    found.set(key, row);
  }
  for (const record of unpriced) {
    const { account, family, currency } = record;
    const day = record.chargedAt.slice(0, 10);
    if (!day.startsWith(month) || day < from || day >= to) continue;
    const nothing = { account, day, family, currency, count: 0, units: 0, cost: 0n, unpriced: 0, status: 'agrees' };
    const known = [...found.values()].find(
      (one) => one.account === account && one.day === day && one.family === family,
    );
    // A call that never connected may be all there is, and stands in no usage.
    const row = known ?? nothing;
    if (known === undefined) found.set([account, day, family, currency].join(' '), row);
    row.unpriced += 1;
    const neverBilled =
      record.service === 'calls' && ['busy', 'failed', 'no-answer', 'canceled'].includes(record.status);
    if (!neverBilled) row.status = 'pending';
  }
  return [...found.values()].toSorted((a, b) =>
    compareLists([a.account, a.day, a.family, a.currency], [b.account, b.day, b.family, b.currency]),
  );
}

const nothing = amountText(0n);

export function reconciliationRows(days: readonly FamilyDay[]): Row[] {
  return days
    .filter(({ count, cost }) => count > 0 || cost !== 0n)
    .map((day) => {
      const isItemised = itemised.includes(day.family);
      const other = isItemised ? 0n : day.cost;
      return {
        account_sid: day.account,
        day: day.day,
        family: day.family,
        currency: day.currency,
        itemised_count: String(isItemised ? day.count : 0),
        usage_count: String(day.count),
        itemised_units: String(isItemised ? day.units : 0),
        usage_units: String(day.units),
        itemised_cost: amountText(isItemised ? day.cost : 0n),
        usage_cost: amountText(day.cost),
        difference: amountText(other),
        ...Object.fromEntries(causes.map((cause) => [cause, cause === 'not_itemised' ? amountText(other) : nothing])),
        unpriced_count: String(day.unpriced),
        status: day.status,
      };
    });
}

export function summaryRows(month: string, days: readonly FamilyDay[], customerOf: CustomerOf): Row[] {
  const groups = new Map<string, { key: string[]; days: FamilyDay[] }>();
  for (const day of days) {
    for (const [level, subject] of [
      ['account', day.account],
      ['all', 'all'],
      ['customer', customerOf(day.account, day.day).id],
    ] as const) {
      const key = [level, subject, day.currency];
      const group = groups.get(key.join('\0')) ?? { key, days: [] };
      group.days.push(day);
      groups.set(key.join('\0'), group);
    }
  }
  return [...groups.values()]
    .toSorted((a, b) => compareLists(a.key, b.key))
    .map(({ key: [level = '', subject = '', currency = ''], days: group }) => {
      const sum = (of: (day: FamilyDay) => boolean): bigint =>
        group.filter(of).reduce((total, day) => total + day.cost, 0n);
      const records = amountText(sum(({ family }) => itemised.includes(family)));
      return {
        month: `${month}-01`,
        level,
        subject,
        currency,
        itemised_cost: records,
        unconfirmed_cost: nothing,
        usage_cost: records,
        difference: nothing,
        ...Object.fromEntries(causes.map((cause) => [cause, nothing])),
        other_cost: amountText(sum(({ family }) => !itemised.includes(family))),
        unpriced_count: String(group.reduce((total, day) => total + day.unpriced, 0)),
        status: worst(group.map(({ status }) => status)),
      };
    });
}

/** All accounts together are what Twilio itself adds up. */
export function tieOutRows({ truth, month, from, to, consolidated = true }: ExpectedComparison): Row[] {
  const sums = new Map<string, { currency: string; category: string; cost: bigint }>();
  for (const { day, category, currency, price } of truth.usage) {
    const counts = category === 'totalprice' || families[category] !== undefined;
    if (!counts || !day.startsWith(month) || day < from || day >= to || unitsOf(price) === 0n) continue;
    const sum = sums.get(`${currency} ${category}`) ?? { currency, category, cost: 0n };
    sum.cost += unitsOf(price);
    sums.set(`${currency} ${category}`, sum);
  }
  const days = [...new Set(truth.usage.map(({ day }) => day))].filter(
    (day) => day.startsWith(month) && day >= from && day < to,
  );
  const isOpen = days.some((day) => !isFinal(truth, day));
  return [...sums.values()]
    .toSorted((a, b) => byBytes(a.currency, b.currency) || byBytes(a.category, b.category))
    .map(({ currency, category, cost }) => ({
      month: `${month}-01`,
      currency,
      category,
      accounts_cost: amountText(cost),
      consolidated_cost: consolidated ? amountText(cost) : '',
      difference: consolidated ? nothing : '',
      status: !consolidated ? 'unknown' : isOpen ? 'pending' : 'agrees',
      invoice_amount: '',
      invoice_difference: '',
      invoice_status: '',
    }));
}
