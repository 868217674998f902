import { expect } from 'vitest';
import type { Cause, Discrepancy } from '../../src/simulator/causes.js';
import type { SimulatorHandle, Truth } from '../support/simulator.js';
import { type Row, units } from './api.js';
import { type Comparison, compare, usageOfAll } from './clerk.js';

/** By how many records usage and lists differ, for each one of a line. */
const COUNT_SIGNS: Partial<Record<Cause, number>> = {
  deleted_at_twilio: 1,
  surplus_rows: -1,
  usage_not_final: -1,
  failed_message_fees: -1,
  extraction_incomplete: 1,
  not_itemised: 1,
};
/** The sign follows that of the amount: what is away here is there. */
const MOVED: readonly Cause[] = ['day_attribution', 'currency_mismatch'];

function countOf(line: Discrepancy): number {
  if (MOVED.includes(line.cause)) return units(line.amount) < 0n ? -line.count : line.count;
  return (COUNT_SIGNS[line.cause] ?? 0) * line.count;
}

/** Where a line belongs: account, day, currency, family. */
export const keyOf = (line: Discrepancy): string => `${line.account_sid} ${line.day} ${line.currency} ${line.family}`;

interface Difference {
  amount: bigint;
  count: number;
}

/** Where usage and records differ, in money or number; accounts whose usage nobody knows are left out. */
function differences({ ledger, unknown }: Comparison): Map<string, Difference> {
  const found = new Map<string, Difference>();
  for (const [key, sides] of ledger) {
    if (unknown.some((sid) => key.startsWith(sid))) continue;
    const amount = sides.usage - sides.itemised;
    const count = sides.usageCount - sides.itemisedCount;
    if (amount !== 0n || count !== 0) found.set(key, { amount, count });
  }
  return found;
}

/** The same as the simulator has told. No two injections may meet, so no two lines may have one key. */
function expected(lines: readonly Discrepancy[]): Map<string, Difference> {
  const found = new Map<string, Difference>();
  for (const line of lines) {
    expect(found.has(keyOf(line)), `two injections meet at ${keyOf(line)}`).toBe(false);
    if (line.cause === 'usage_unknown') continue;
    found.set(keyOf(line), { amount: units(line.amount), count: countOf(line) });
  }
  for (const [key, { amount, count }] of found) if (amount === 0n && count === 0) found.delete(key);
  return found;
}

const summed = (rows: Iterable<[string, bigint]>): Record<string, bigint> => {
  const found: Record<string, bigint> = {};
  for (const [key, amount] of rows) if (amount !== 0n) found[key] = (found[key] ?? 0n) + amount;
  return found;
};

const moneyOf = (found: Map<string, Difference>): Record<string, bigint> =>
  summed([...found].map(([key, { amount }]) => [key, amount]));

/**
 * Holds everything that can be read against everything that was told. Not the numbers of records where some cost nothing: a line
 * without money is not told.
 */
export async function check(
  simulator: SimulatorHandle,

  injected: readonly Discrepancy[],
  withCounts = true,
): Promise<{ truth: Truth; comparison: Comparison }> {
  const truth = await simulator.truth();
  const sorted = (lines: readonly Discrepancy[]): string[] => lines.map((line) => JSON.stringify(line)).sort();
  expect(sorted(truth.discrepancies)).toEqual(sorted(injected));
  const comparison = await compare(simulator, truth);
  const [found, wanted] = [differences(comparison), expected(injected)];
  expect(moneyOf(found)).toEqual(moneyOf(wanted));
  if (withCounts) expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  checkWholeAccounts(injected, comparison);
  checkLag(injected, comparison, truth);
  return { truth, comparison };
}

function accountsWith(lines: readonly Discrepancy[], cause: Cause): string[] {
  return [...new Set(lines.filter((line) => line.cause === cause).map((line) => line.account_sid))].sort();
}

function checkWholeAccounts(lines: readonly Discrepancy[], { unknown, unreadable, ledger }: Comparison): void {
  expect(unknown.sort()).toEqual(accountsWith(lines, 'usage_unknown'));
  expect(unreadable.map((name) => name.split(' ')[0]).sort()).toEqual(accountsWith(lines, 'extraction_incomplete'));
  const known = lines.filter((line) => line.cause === 'usage_unknown');
  expect(known.every((line) => line.amount === '0.00000000' && line.count === 0)).toBe(true);
  const withRecords = [...ledger.keys()].filter((key) => unknown.some((sid) => key.startsWith(sid)));
  expect(known.map(keyOf).sort()).toEqual(withRecords.sort());
}

/** Usage that is not final says so: every row of that account and day has an `as_of` before the day is a day over. */
function checkLag(lines: readonly Discrepancy[], { asOf }: Comparison, { world }: Truth): void {
  const late = lines
    .filter((line) => line.cause === 'usage_not_final')
    .map((line) => `${line.account_sid} ${line.day}`);
  for (const [key, instants] of asOf) {
    const day = key.split(' ')[1] ?? '';
    expect(instants.size, `as_of of ${key}`).toBe(1);
    const [instant = ''] = instants;
    if (late.includes(key)) expect(instant.slice(0, 10)).toBe(day);
    else expect(instant).toBe(world.now.replace('Z', '+00:00'));
  }
}

const byCategory = (row: Row): [string, bigint] => [
  `${row.start_date} ${row.category} ${String(row.price_unit).toUpperCase()}`,
  units(String(row.price)),
];

/** The parent's usage is the sum of what all accounts say, and of those that are not found, by day, category and currency. */
export async function checkSums(
  simulator: SimulatorHandle,
  { usageRows, unknown, asOf }: Comparison,
  truth: Truth,
  pageSize: number,
): Promise<void> {
  const rows = await usageOfAll(simulator, truth, pageSize);
  const found = rows.map(byCategory);
  for (const row of rows) {
    // The sum has come no further than the usage of the account that lags most.
    const instants = [...asOf].filter(([key]) => key.endsWith(` ${row.start_date}`)).flatMap(([, seen]) => [...seen]);
    if (row.as_of !== instants.sort()[0]) throw new Error(`${row.start_date} says ${row.as_of}, accounts ${instants}`);
  }
  const known = [...usageRows.values()].flat().map(byCategory);
  const hidden = truth.usage
    .filter((row) => unknown.includes(row.account_sid))
    .map((row): [string, bigint] => [`${row.day} ${row.category} ${row.currency}`, units(row.price)]);
  expect(summed(found)).toEqual(summed([...known, ...hidden]));
}

/** Between two injections into one account and family lies a day at least. */
export function checkDistances(lines: readonly Discrepancy[]): void {
  const dayNumber = (line: Discrepancy): number => Date.parse(line.day) / 86_400_000;
  for (const [at, one] of lines.entries()) {
    for (const other of lines.slice(at + 1)) {
      if (one.account_sid !== other.account_sid || one.family !== other.family || one.cause === other.cause) continue;
      const places = `${keyOf(one)} ${one.cause} and ${keyOf(other)} ${other.cause}`;
      expect(Math.abs(dayNumber(one) - dayNumber(other)), places).toBeGreaterThan(1);
    }
  }
}

/** How much further usage is than the records in minutes, where it counts as many calls. */
export function extraMinutes({ ledger }: Comparison): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, { usageMinutes, itemisedMinutes, usageCount, itemisedCount }] of ledger) {
    if (usageCount === itemisedCount && usageMinutes !== itemisedMinutes)
      found.set(key, usageMinutes - itemisedMinutes);
  }
  return found;
}
