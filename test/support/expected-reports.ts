import { controlTotals } from './expected-controls.js';
import { expectedExposureCounts } from './expected-exposure.js';
import { expectedFocusSums } from './expected-focus.js';
import { expectedJournal } from './expected-journal.js';
import {
  byBytes,
  type CustomerOf,
  type ExpectedDay,
  expectedDays,
  friendlyNameCustomers,
  hasRecords,
  hasUsage,
  otherOf,
} from './expected-ledger.js';
import {
  type ExpectedComparison,
  type FamilyDay,
  familyDays,
  reconciliationRows,
  summaryRows,
  tieOutRows,
  worst,
} from './expected-reconciliation.js';
import { compareLists, undatedRows, unpricedRows } from './expected-records.js';
import type { Row } from './published.js';
import { amountText } from './units.js';

export interface Expectation extends ExpectedComparison {
  /** `2026-09` */
  readonly month: string;
  /** Days that were extracted, `to` exclusive. */
  readonly from: string;
  readonly to: string;
  /** Usage rows that Twilio lists for one account and day, zeros included. */
  readonly categoriesCount: number;
  readonly customerOf?: CustomerOf;
}

export type ExpectedFiles = Readonly<Record<string, readonly Row[]>>;

/** Every published CSV of one month, worked out from the simulator's truth; customers/*.csv under `customers/<id>`. */
export function expectedFiles(expected: Expectation): ExpectedFiles {
  const customerOf = expected.customerOf ?? friendlyNameCustomers(expected.truth);
  const days = expectedDays(expected.truth).filter(
    ({ day }) => day.startsWith(expected.month) && day >= expected.from && day < expected.to,
  );
  const compared = familyDays(expected);
  const statusOf = statusesOf(compared);
  return {
    'customer_cost.csv': customerCost(expected.month, days, customerOf, statusOf),
    'account_cost.csv': accountCost(expected, days, customerOf, statusOf),
    'control_totals.csv': controlTotals(expected, days),
    'unpriced.csv': unpricedRows(expected, customerOf),
    'unpriced_exposure.csv': expectedExposureCounts(expected, customerOf),
    'undated.csv': undatedRows(expected, customerOf),
    'completeness.csv': completeness(expected, days),
    'price_changes.csv': [],
    'corrections.csv': [],
    'journal.csv': expectedJournal(expected.month, days, customerOf),
    'focus_cost_and_usage.csv': expectedFocusSums(days, customerOf),
    'price_times_duration.csv': priceTimesDuration(expected),
    'reconciliation.csv': reconciliationRows(compared),
    'reconciliation_summary.csv': summaryRows(expected.month, compared, customerOf),
    'tie_out.csv': tieOutRows(expected),
    ...statements(expected, days, customerOf),
  };
}

type StatusOf = (days: readonly ExpectedDay[]) => string;

/** The worst of the comparisons of some account-days. */
function statusesOf(compared: readonly FamilyDay[]): StatusOf {
  const found = new Map<string, string[]>();
  for (const { account, day, currency, status } of compared) {
    const key = [account, day, currency].join(' ');
    found.set(key, [...(found.get(key) ?? []), status]);
  }
  return (days) =>
    worst(days.flatMap(({ account, day, currency }) => found.get([account, day, currency].join(' ')) ?? []));
}

/** The figures that customer_cost.csv and account_cost.csv share, of days of one key. */
export function figures(days: readonly ExpectedDay[], currency: string, statusOf: StatusOf): Row {
  const sum = (pick: (day: ExpectedDay) => bigint): bigint => days.reduce((total, day) => total + pick(day), 0n);
  const count = (pick: (day: ExpectedDay) => number): string =>
    String(days.reduce((total, day) => total + pick(day), 0));
  const [calls, messages] = [sum((day) => day.callsCost), sum((day) => day.messagesCost)];
  const other = sum((day) => (hasUsage(day) ? otherOf(day) : 0n));
  return {
    currency,
    calls_count: count((day) => day.callsCount),
    calls_minutes: count((day) => day.callsMinutes),
    calls_cost: amountText(calls),
    messages_count: count((day) => day.messagesCount),
    message_segments: count((day) => day.messagesSegments),
    messages_cost: amountText(messages),
    itemised_cost: amountText(calls + messages),
    other_cost: currency === '' ? '' : amountText(other),
    total_cost: currency === '' ? '' : amountText(calls + messages + other),
    unpriced_calls: count((day) => day.callsUnpriced),
    unpriced_messages: count((day) => day.messagesUnpriced),
    reconciliation: currency === '' ? 'pending' : statusOf(days),
  };
}

/** Days by a key, in the order of its parts. */
export function grouped(
  days: readonly ExpectedDay[],
  keyOf: (day: ExpectedDay) => string[],
): [string[], ExpectedDay[]][] {
  const groups = new Map<string, [string[], ExpectedDay[]]>();
  for (const day of days) {
    const key = keyOf(day);
    const group = groups.get(key.join('\0')) ?? [key, []];
    group[1].push(day);
    groups.set(key.join('\0'), group);
  }
  return [...groups.values()].sort(([a], [b]) => compareLists(a, b));
}

const isShown = (day: ExpectedDay): boolean => hasRecords(day) || hasUsage(day);

function customerCost(month: string, days: readonly ExpectedDay[], customerOf: CustomerOf, statusOf: StatusOf): Row[] {
  const groups = grouped(days.filter(isShown), ({ account, day, currency }) => {
    const customer = customerOf(account, day);
    return [customer.id, currency, customer.name];
  });
  return groups.map(([[id = '', currency = '', name = ''], group]) => ({
    month: `${month}-01`,
    customer_id: id,
    customer_name: name,
    ...figures(group, currency, statusOf),
  }));
}

function accountCost(
  { truth, month }: Expectation,
  days: readonly ExpectedDay[],
  customerOf: CustomerOf,
  statusOf: StatusOf,
): Row[] {
  const groups = grouped(days.filter(isShown), ({ account, day, currency }) => [
    account,
    customerOf(account, day).id,
    currency,
  ]);
  return groups.map(([[account = '', customer = '', currency = ''], group]) => {
    const known = truth.accounts.find((one) => one.account_sid === account);
    return {
      month: `${month}-01`,
      account_sid: account,
      friendly_name: known?.friendly_name ?? '',
      status: known?.status ?? '',
      customer_id: customer,
      ...figures(group, currency, statusOf),
    };
  });
}

/** Every account, day of the month and resource, nothing skipped in silence. */
function completeness(expected: Expectation, days: readonly ExpectedDay[]): Row[] {
  const counts = new Map<string, number>();
  for (const { account, day, callsCount, messagesCount } of days) {
    for (const [resource, count] of [
      ['calls', callsCount],
      ['messages', messagesCount],
    ] as const) {
      counts.set(`${account} ${day} ${resource}`, (counts.get(`${account} ${day} ${resource}`) ?? 0) + count);
    }
  }
  const accounts = expected.truth.accounts.filter((account) => account.is_listed);
  return accounts
    .toSorted((a, b) => byBytes(a.account_sid, b.account_sid))
    .flatMap((account) =>
      daysOfMonth(expected.month).flatMap((day) =>
        ['calls', 'messages', 'usage_records'].map((resource) => {
          const asked = day >= expected.from && day < expected.to;
          const listed = counts.get(`${account.account_sid} ${day} ${resource}`) ?? 0;
          const count = resource === 'usage_records' && asked ? expected.categoriesCount : listed;
          return {
            account_sid: account.account_sid,
            friendly_name: account.friendly_name,
            day,
            resource,
            status: !asked ? 'missing' : count === 0 ? 'empty' : 'complete',
            record_count: String(count),
            quarantined_count: '0',
          };
        }),
      ),
    );
}

export function daysOfMonth(month: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(`${month}-01T00:00:00Z`); ; ms += 86_400_000) {
    const day = new Date(ms).toISOString().slice(0, 10);
    if (!day.startsWith(month)) return days;
    days.push(day);
  }
}

function priceTimesDuration({ truth, month }: Expectation): Row[] {
  return truth.products
    .filter((product) => product.month === month)
    .map((product) => ({
      month: `${month}-01`,
      account_sid: product.account_sid,
      currency: product.currency,
      calls_count: String(product.calls),
      charged_cost: product.cost,
      price_times_seconds: product.cost_times_seconds,
      price_times_minutes: product.cost_times_minutes,
    }))
    .toSorted((a, b) => compareLists([a.account_sid, a.currency], [b.account_sid, b.currency]));
}

/** customers/<customer>.csv, under the customer's key: which file holds it is for the reader to find. */
function statements(
  { truth }: Expectation,
  days: readonly ExpectedDay[],
  customerOf: CustomerOf,
): Record<string, Row[]> {
  const files: Record<string, Row[]> = {};
  const lines = days.flatMap((day) => statementLines(day));
  const order = ({ day, account_sid, service, currency }: Row): string[] => [
    day ?? '',
    account_sid ?? '',
    service ?? '',
    currency ?? '',
  ];
  for (const line of lines.toSorted((a, b) => compareLists(order(a), order(b)))) {
    const account = truth.accounts.find((one) => one.account_sid === line.account_sid);
    const customer = customerOf(line.account_sid ?? '', line.day ?? '');
    const { day = '', account_sid = '', ...rest } = line;
    const named = { customer_id: customer.id, customer_name: customer.name, day, account_sid };
    const file = `customers/${customer.id}`;
    files[file] = [...(files[file] ?? []), { ...named, friendly_name: account?.friendly_name ?? '', ...rest }];
  }
  return files;
}

function statementLines(day: ExpectedDay): Row[] {
  const line = (service: string, cost: bigint, counts: Row): Row => ({
    day: day.day,
    account_sid: day.account,
    service,
    currency: day.currency,
    record_count: '0',
    minutes: '0',
    segments: '0',
    cost: amountText(cost),
    unpriced_count: '0',
    ...counts,
  });
  const lines: Row[] = [];
  if (day.callsCount > 0) {
    const counts = { record_count: `${day.callsCount}`, minutes: `${day.callsMinutes}` };
    lines.push(line('calls', day.callsCost, { ...counts, unpriced_count: `${day.callsUnpriced}` }));
  }
  if (day.messagesCount > 0) {
    const counts = { record_count: `${day.messagesCount}`, segments: `${day.messagesSegments}` };
    lines.push(line('messages', day.messagesCost, { ...counts, unpriced_count: `${day.messagesUnpriced}` }));
  }
  if (otherOf(day) !== 0n) lines.push(line('other', otherOf(day), {}));
  return lines;
}
