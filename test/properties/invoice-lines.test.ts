import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText, readCsvText } from '../../src/adapters/csv.js';
import { type Database, sqlText } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { fillRates } from '../../src/adapters/rates-file.js';
import { byColumn, queryNamed } from '../../src/domain/query.js';
import { parseRates, rateColumns } from '../../src/domain/rates.js';
import {
  type ExpectedLine,
  expectedLines,
  minorUnits,
  type RandomCost,
  type RandomRate,
} from '../support/expected-invoice.js';
import { columnsOfRelation, makeInputs, openCaseDatabase } from '../support/query-case.js';
import { randomCosts, randomRates } from '../support/random-rates.js';

/**
 * Random rates and costs: which rate is chosen and what it comes to, against the rule told in another way and worked out in bigints.
 * `SUBLEDGER_TEST_SEED=<seed> npx vitest run test/properties/invoice-lines.test.ts` plays the seed of the title again.
 */
const seed = Number(process.env.SUBLEDGER_TEST_SEED ?? 5150);
const numRuns = Number(process.env.SUBLEDGER_TEST_INVOICES ?? 40);

const house = { queries: await loadQueries(), seeds: await seedFiles() };
const report = queryNamed(house.queries, 'customer_invoice_lines');
const tables = ['charge_routes', 'other_charge_days', 'account_customers', 'rates'];

let database: Database;
let folder = '';

beforeAll(async () => {
  database = await openCaseDatabase();
  folder = mkdtempSync(join(tmpdir(), 'subledger-invoice-'));
  for (const table of tables) {
    const names = (columnsOfRelation(house, table) ?? []).map(({ name }) => name);
    writeFileSync(join(folder, `${table}.csv`), `${names.join(',')}\n`);
  }
  await makeInputs(database, house, report, folder);
  await database.run(
    'account_customers',
    `insert into account_customers values
       ('AC1', 'A', 'Able', date '0001-01-01', date '9999-12-31'),
       ('AC2', 'A', 'Able', date '0001-01-01', date '2026-10-16'),
       ('AC2', 'B', 'Baker', date '2026-10-16', date '9999-12-31'),
       ('AC3', 'C', 'Charlie', date '0001-01-01', date '9999-12-31')`,
  );
});
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const customerOf = (account: string, day: string): string => {
  if (account === 'AC1' || (account === 'AC2' && day < '2026-10-16')) return 'A';
  return account === 'AC2' ? 'B' : account === 'AC3' ? 'C' : 'unallocated';
};

/** By way of the file, its parser and its adapter. */
async function giveRates(rates: readonly RandomRate[]): Promise<void> {
  const columns = rateColumns.map((name) => ({ name, type: '' }));
  const rows = rates.map((rate) => rateColumns.map((name) => rate[name] || null));
  const parsed = parseRates(readCsvText(csvText(columns, rows)).records, new Map(Object.entries(minorUnits)));
  if ('problems' in parsed) throw new Error(`rates that should be right: ${parsed.problems.join('\n')}`);
  await fillRates(database, parsed.rates);
}

async function giveCosts(costs: readonly RandomCost[]): Promise<void> {
  await database.run('charge_routes', 'truncate charge_routes');
  await database.run('other_charge_days', 'truncate other_charge_days');
  for (const cost of costs) {
    const value = (text: string | bigint): string => sqlText(String(text));
    const [table, columns] =
      cost.service === 'other'
        ? ['other_charge_days', {}]
        : [
            'charge_routes',
            {
              service: value(cost.service),
              direction: value(cost.direction),
              calling_code: value(cost.callingCode),
              record_count: value(cost.count),
              units: value(cost.units),
              unpriced_count: value(cost.unpricedCount),
              unpriced_units: value(cost.unpricedUnits),
            },
          ];
    const all: Record<string, string> = {
      account_sid: value(cost.account),
      day: value(cost.day),
      currency: value(cost.currency),
      family: value(cost.family),
      cost: value(cost.cost),
      ...columns,
    };
    await database.run(
      `${table}`,
      `insert into ${table} (${Object.keys(all).join(', ')}) values (${Object.values(all).join(', ')})`,
    );
  }
}

const days = { start: { day: '2026-10-12' }, end: { day: '2026-11-21' } };
const seen = { charged: 0, unrated: 0, halves: 0, split: 0 };

describe('invoice lines of random rates and costs', () => {
  it(`are of the most exact rate, rounded once, seed ${seed}`, async () => {
    await fc.assert(
      fc.asyncProperty(randomRates, randomCosts, async (rates, costs) => {
        await giveRates(rates);
        await giveCosts(costs);
        const texts = await database.texts(report.name, report.sql, days);
        const lines = texts.map((row) => byColumn(report, row));
        const expected = expectedLines(rates, costs, { ...days, customerOf });
        const inOrder = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        const found = lines.map(({ customer_name: _, unit: __, ...line }) => line as unknown as ExpectedLine['row']);
        expect(found.toSorted(inOrder)).toEqual(expected.map(({ row }) => row).toSorted(inOrder));
        count(expected);
      }),
      { seed, numRuns },
    );
    // A world without them would prove nothing.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(numRuns / 10);
  });
});

function count(expected: readonly ExpectedLine[]): void {
  seen.charged += expected.filter(({ row }) => row.charge !== null).length;
  seen.unrated += expected.filter(({ row }) => row.rate_line === null).length;
  seen.halves += expected.filter(({ isHalf }) => isHalf).length;
  const subjects = expected.map(({ row: { rate_line: _, ...row } }) =>
    [row.month, row.customer_id, row.currency, row.family, row.direction, row.calling_code].join(),
  );
  seen.split += subjects.length - new Set(subjects).size;
}
