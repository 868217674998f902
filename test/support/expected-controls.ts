import { byBytes, type ExpectedDay } from './expected-ledger.js';
import type { ExpectedRecords } from './expected-records.js';
import type { Row } from './published.js';
import type { Truth } from './simulator.js';
import { amountText } from './units.js';

/** What of an expectation the control totals are worked out from. */
interface ExpectedControls extends ExpectedRecords {
  readonly truth: Truth;
  readonly categoriesCount: number;
}

interface Control {
  count: number;
  unpriced: number;
  cost: bigint;
  undated: number;
}

/** control_totals.csv of a month in which nothing is quarantined; `days` are those of the month that were extracted. */
export function controlTotals(expected: ExpectedControls, days: readonly ExpectedDay[]): Row[] {
  const found = new Map<string, Control>();
  const add = (service: string, currency: string, change: Partial<Control>): void => {
    const row = found.get(`${service} ${currency}`) ?? { count: 0, unpriced: 0, cost: 0n, undated: 0 };
    row.count += change.count ?? 0;
    row.unpriced += change.unpriced ?? 0;
    row.cost += change.cost ?? 0n;
    row.undated += change.undated ?? 0;
    found.set(`${service} ${currency}`, row);
  };
  for (const day of days) {
    const { currency } = day;
    const calls = { count: day.callsCount, unpriced: day.callsUnpriced, cost: day.callsCost };
    if (calls.count > 0) add('calls', currency, calls);
    const messages = { count: day.messagesCount, unpriced: day.messagesUnpriced, cost: day.messagesCost };
    if (messages.count > 0) add('messages', currency, messages);
    if (day.totalUsage !== 0n) add('usage_records', currency, { cost: day.totalUsage });
  }
  for (const [currency, count] of usageRows(expected)) add('usage_records', currency, { count });
  for (const { service, currency, createdAt, price } of expected.undated) {
    if (price !== null || !createdAt.startsWith(expected.month)) continue;
    if (createdAt >= expected.from && createdAt < expected.to) add(service, currency, { undated: 1 });
  }
  return [...found].sort(([a], [b]) => byBytes(a, b)).map(([key, control]) => rowOf(key, control));
}

/** Twilio lists every category of each account and day, the unused ones too, in the account's currency of that day. */
function usageRows({ truth, month, from, to, categoriesCount }: ExpectedControls): [string, number][] {
  const rows: [string, number][] = [];
  for (const account of truth.accounts.filter(({ is_listed }) => is_listed)) {
    for (let ms = Date.parse(from); ms < Date.parse(to); ms += 86_400_000) {
      const day = new Date(ms).toISOString();
      const changed =
        account.currency_changes_at !== null && day >= new Date(account.currency_changes_at).toISOString();
      if (day.startsWith(month)) rows.push([changed ? account.later_currency : account.currency, categoriesCount]);
    }
  }
  return rows;
}

function rowOf(key: string, { count, unpriced, cost, undated }: Control): Row {
  const [service = '', currency = ''] = key.split(' ');
  return {
    service,
    currency,
    record_count: String(count),
    priced_count: String(count - unpriced),
    unpriced_count: String(unpriced),
    cost: amountText(cost),
    undated_count: String(undated),
    quarantined_count: '0',
  };
}
