import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exposureCounts } from './expected-exposure.js';
import { focusSums } from './expected-focus.js';
import { type Expectation, expectedFiles } from './expected-reports.js';
import { type Row, readRows } from './published.js';
import type { SimulatorHandle } from './simulator.js';
import { categoriesOf, undatedRecords, unpricedRecords } from './simulator-records.js';

/** A month as it was published: rows by file, the customers' statements under `customers/<customer_id>`. */
export async function readPublished(folder: string): Promise<Record<string, Row[]>> {
  const files: Record<string, Row[]> = {};
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.csv'))) {
    files[name] = await readRows(join(folder, name));
  }
  const found = (await readdir(join(folder, 'customers')).catch(() => [])).sort();
  const statements = found.filter((name) => name !== 'index.csv');
  const index: Row[] = [];
  for (const name of statements) {
    expect(name, 'a statement has a safe file name').toMatch(/^[a-z0-9][a-z0-9-]{0,80}\.csv$/);
    const rows = await readRows(join(folder, 'customers', name));
    const customers = [...new Set(rows.map((row) => row.customer_id))];
    expect(customers, `${name} holds one customer`).toHaveLength(1);
    expect(files, 'a customer has one statement').not.toHaveProperty([`customers/${customers[0]}`]);
    files[`customers/${customers[0]}`] = rows;
    const sha256 = createHash('sha256')
      .update(await readFile(join(folder, 'customers', name)))
      .digest('hex');
    const { customer_id = '', customer_name = '' } = rows[0] ?? {};
    index.push({ customer_id, customer_name, file: name, lines: `${rows.length}`, sha256 });
  }
  const told = found.includes('index.csv') ? await readRows(join(folder, 'customers', 'index.csv')) : [];
  const byFile = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => ((a.file ?? '') < (b.file ?? '') ? -1 : 1));
  expect(byFile(told), 'the index says whose statement each file is').toEqual(byFile(index));
  return files;
}

/** All that `expectMonthIsTruth` needs of the simulator as it stands now, for any month. */
export async function truthNow(
  simulator: SimulatorHandle,
  days: { readonly from: string; readonly to: string },
): Promise<Omit<Expectation, 'month'>> {
  const truth = await simulator.truth();
  const unpriced = await unpricedRecords(simulator, truth);
  const undated = await undatedRecords(simulator, truth);
  return {
    truth,
    unpriced,
    undated,
    categoriesCount: await categoriesOf(simulator, days.from),
    from: days.from,
    to: days.to,
  };
}

/** Held against every record that the simulator lists by test/scenarios/catalogue.test.ts. */
const heldElsewhere = [
  'cost_trend.csv',
  'country_cost.csv',
  'customer_cost_by_day.csv',
  'messaging_service_cost.csv',
  'number_cost.csv',
  'other_charges.csv',
  'service_cost.csv',
  'unpriced_age.csv',
];

export interface Differently {
  /** Files that must hold something else than a world without history would give. */
  readonly files?: Readonly<Record<string, readonly Row[]>>;
  /** Accounts that something happened to: neither they nor their customers are looked at here. */
  readonly except?: readonly string[];
  /** Accounts of which usage counts records that were never listed: how they compare is not looked at here. */
  readonly uncompared?: readonly string[];
}

/**
 * Every figure of every CSV of one month is the simulator's truth; no row is missing and none is too many. Of
 * unpriced_exposure.csv what is counted: test/scenarios/unpriced-exposure.test.ts holds the estimates; of focus_cost_and_usage.csv what
 * it adds up to by account, day and service.
 */
export async function expectMonthIsTruth(
  monthFolder: string,
  expected: Expectation,
  differently: Differently = {},
): Promise<void> {
  const { 'findings.csv': _, ...all } = await readPublished(monthFolder);
  expect(Object.keys(all), 'the whole catalogue is published').toEqual(expect.arrayContaining(heldElsewhere));
  const published = Object.fromEntries(Object.entries(all).filter(([file]) => !heldElsewhere.includes(file)));
  published['reconciliation.csv'] = withoutUnbilled(expected, published['reconciliation.csv'] ?? [], differently);
  published['focus_cost_and_usage.csv'] = focusSums(published['focus_cost_and_usage.csv'] ?? []);
  published['unpriced_exposure.csv'] = exposureCounts(published['unpriced_exposure.csv'] ?? []);
  const wanted: Record<string, readonly Row[]> = { ...expectedFiles(expected), ...differently.files };
  const accounts = new Set(differently.except);
  // Of all accounts together there is nothing to say where some of them are left out.
  if (accounts.size > 0) wanted['control_totals.csv'] = published['control_totals.csv'] ?? [];
  const customers = new Set(
    expected.truth.accounts.filter((one) => accounts.has(one.account_sid)).map((one) => one.friendly_name),
  );
  const isLookedAt = (row: Row): boolean =>
    !accounts.has(row.account_sid ?? '') &&
    !customers.has(row.customer_id ?? row.customer ?? '') &&
    !accounts.has(row.subject ?? '') &&
    !customers.has(row.subject ?? '') &&
    !(accounts.size > 0 && row.level === 'all');
  const looked = (files: Readonly<Record<string, readonly Row[]>>): Record<string, Row[]> =>
    Object.fromEntries(
      Object.entries(files)
        .map(([file, rows]) => [file, rows.filter(isLookedAt)] as const)
        .filter(([file, rows]) => !file.startsWith('customers/') || rows.length > 0)
        // A sum over all accounts is none of those that are looked at.
        .filter(([file]) => accounts.size === 0 || file !== 'tie_out.csv'),
    );
  const uncompared = new Set(differently.uncompared);
  const [found, truth] = [
    withoutComparison(looked(published), expected, uncompared),
    withoutComparison(looked(wanted), expected, uncompared),
  ];
  expect(Object.keys(found).sort()).toEqual(Object.keys(truth).sort());
  for (const [file, rows] of Object.entries(truth)) expectSameRows(`${expected.month}/${file}`, found[file], rows);
}

/**
 * Calls that never connected and cost nothing are in no usage: they are looked at by account and day, against all calls of the truth, and
 * left out of the rows.
 */
function withoutUnbilled(
  { truth, month, from, to }: Expectation,
  rows: readonly Row[],
  { except = [] }: Differently,
): Row[] {
  const counts = new Map<string, number>();
  const add = (account: string, day: string, count: number): void => {
    if (!except.includes(account)) counts.set(`${account} ${day}`, (counts.get(`${account} ${day}`) ?? 0) + count);
  };
  for (const one of truth.days) {
    if (one.service === 'calls' && one.day.startsWith(month) && one.day >= from && one.day < to) {
      add(one.account_sid, one.day, -one.count);
    }
  }
  for (const row of rows.filter(({ family = '' }) => ['voice', 'client_and_sip_voice', 'trunking'].includes(family))) {
    add(row.account_sid ?? '', row.day ?? '', Number(row.itemised_count) + Number(row.unbilled_count));
  }
  expect([...counts].filter(([, count]) => count !== 0)).toEqual([]);
  const isUsed = (row: Row): boolean =>
    row.itemised_count !== '0' || row.usage_count !== '0' || row.usage_cost !== '0.00000000';
  return rows.filter(isUsed).map(({ unbilled_count: _, ...row }) => row);
}

/** The files less what the comparison of some accounts came to: their rows of it, those of their customers, and the sums of all. */
function withoutComparison(
  files: Readonly<Record<string, readonly Row[]>>,
  { truth }: Expectation,
  accounts: ReadonlySet<string>,
): Record<string, readonly Row[]> {
  if (accounts.size === 0) return files;
  const names = truth.accounts.filter((one) => accounts.has(one.account_sid)).map((one) => one.friendly_name);
  const subjects = new Set([...accounts, ...names, 'all', 'unallocated']);
  const isOf = (row: Row): boolean =>
    accounts.has(row.account_sid ?? '') || subjects.has(row.subject ?? '') || subjects.has(row.customer_id ?? '');
  const isCompared = (file: string): boolean => file === 'reconciliation.csv' || file === 'reconciliation_summary.csv';
  return Object.fromEntries(
    Object.entries(files).map(([file, rows]) => [
      file,
      isCompared(file)
        ? rows.filter((row) => !isOf(row))
        : rows.map((row) => ('reconciliation' in row && isOf(row) ? { ...row, reconciliation: 'not looked at' } : row)),
    ]),
  );
}

/** First what differs is told by row, as thousands of equal rows hide one that is not. */
function expectSameRows(file: string, published: readonly Row[] | undefined, wanted: readonly Row[]): void {
  const texts = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row));
  const [found, truth] = [texts(published ?? []), texts(wanted)];
  const [foundSet, truthSet] = [new Set(found), new Set(truth)];
  expect({ file, tooMany: found.filter((row) => !truthSet.has(row)).slice(0, 5) }).toEqual({ file, tooMany: [] });
  expect({ file, missing: truth.filter((row) => !foundSet.has(row)).slice(0, 5) }).toEqual({ file, missing: [] });
  // The same rows in the same order, and none of them twice.
  expect(found, file).toEqual(truth);
}
