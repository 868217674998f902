import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.js';
import { Database, sqlText } from '../../src/adapters/duckdb.js';
import { Store } from '../../src/adapters/store.js';
import { writeWorkbook } from '../../src/adapters/xlsx.js';
import { dayParameters, parametersOf, type Query, reportsOf } from '../../src/domain/query.js';
import { createReport, selectReport, selectTotals } from '../../src/domain/report-sql.js';
import { fillInputs } from '../../src/pipeline/inputs.js';
import { makeRoom } from '../../src/pipeline/room.js';
import { bringUpToDate } from '../../src/pipeline.js';
import { compare } from '../../src/stages/reconcile.js';
import { expectSameSheet } from '../support/expect-same-sheet.js';
import { openAllInLibreOffice } from '../support/libre-office.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { readFields, readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';
import { amountText } from '../support/units.js';

/** Enough accounts for five currencies and most of the simulator's names that break programs. */
const world = { seed: 91, accounts: 30, records: 1500, from: '2026-10-01', to: '2026-11-01' };
const folder = suiteFolder();

/** What adds up in a report: every amount, and every count but what is no sum. */
const addUp = ({ columns }: Query): string[] =>
  columns
    .filter(
      ({ name, type }) =>
        type === 'DECIMAL(38,8)' || (/_(?:count|minutes|calls|messages)$/.test(name) && type === 'BIGINT'),
    )
    .map(({ name }) => name);

const workbookOf = ({ name }: Query): string => join(folder, `${name}.xlsx`);

const sheetOf = (currency: string): string => (currency === '' ? 'no currency' : currency);

/** The published CSV's rows as fields, by the name of the sheet that they belong to. */
async function publishedSheets({ name, columns }: Query): Promise<Map<string, string[][]>> {
  const path = join(outputFolderOf(folder), '2026-10', `${name}.csv`);
  expect((await readFields(path))[0]).toEqual(columns.map((column) => column.name));
  const sheets = new Map<string, string[][]>();
  const rows = await readRows(path);
  if (rows.length === 0) sheets.set(name, []);
  for (const row of rows) {
    const sheet = row.currency === undefined ? name : sheetOf(row.currency);
    const fields = columns.map((column) => row[column.name] ?? '');
    sheets.set(sheet, [...(sheets.get(sheet) ?? []), fields]);
  }
  return sheets;
}

describe('reports of a real run as workbooks', () => {
  const reports: Query[] = [];
  beforeAll(async () => {
    const simulator = await startSimulatorHere(world);
    const config = configFor(simulator, folder, world);
    await runPipeline(config);
    await simulator.stop();
    const store = await Store.open(dataFolderOf(folder), { command: 'report', at: 'now', pid: process.pid });
    const { signal } = new AbortController();
    const outside = { clock: systemClock, random: () => 0.5, signal, onEvent: () => undefined };
    reports.push(...reportsOf(store.queries).map((query) => ({ ...query, totals: addUp(query) })));
    await bringUpToDate(store, outside);
    await fillInputs(store.ledger, config);
    await makeRoom(store, config.range);
    await compare({ sql: store.ledger, queries: store.queries }, config.range);
    for (const query of reports) {
      await store.ledger.run(query.name, createReport(query), parametersOf(query, dayParameters(config.range)));
      const rows = store.ledger.chunks(query.name, selectReport(query));
      const totals = await store.ledger.texts(query.name, selectTotals(query));
      await writeWorkbook(workbookOf(query), query, rows, totals);
    }
    await store.close();
  });

  it('say in LibreOffice what the published CSVs say, cell by cell, with the sums of the rows', async () => {
    let cells = 0;
    // The statement is published in pieces, one for each customer.
    const whole = reports.filter(({ name }) => name !== 'customer_statement');
    const books = await openAllInLibreOffice(whole.map(workbookOf), folder);
    for (const query of whole) {
      const expected = await publishedSheets(query);
      const sheets = books.get(workbookOf(query)) ?? new Map<string, string[][]>();
      expect([...sheets.keys()].sort(), query.name).toEqual([...expected.keys()].sort());
      for (const [name, rows] of expected) {
        const totals = rows.length === 0 ? [] : query.totals;
        expectSameSheet(sheets.get(name) ?? [], query.columns, totals, rows);
        cells += rows.length * query.columns.length;
      }
    }
    expect(cells).toBeGreaterThan(2000);
    const headline = books.get(join(folder, 'customer_cost.xlsx'));
    expect([...(headline?.keys() ?? [])].sort()).toEqual(['BRL', 'EUR', 'GBP', 'JPY', 'USD', 'no currency']);
  });
});

describe('random rows as a workbook', () => {
  const columns = [
    ['number', 'INTEGER'],
    ['currency', 'VARCHAR'],
    ['day', 'DATE'],
    ['priced_at', 'TIMESTAMP'],
    ['is_final', 'BOOLEAN'],
    ['calls', 'BIGINT'],
    ['cost', 'DECIMAL(38,8)'],
    ['other_cost', 'DECIMAL(38,8)'],
  ].map(([name = '', type = '']) => ({ name, type, note: '' }));
  const report = { name: 'random', purpose: '', columns, order: ['number'], totals: ['other_cost', 'cost', 'calls'] };

  const units = fc.oneof(
    fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
    fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }),
  );
  const time = fc.date({ min: new Date('1950-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  const row = fc.tuple(
    fc.constantFrom('USD', 'JPY', 'KWD', ''),
    time.map((date) => date.toISOString().slice(0, 10)),
    fc.option(time.map((date) => `${date.toISOString().slice(0, 19)}Z`)),
    fc.option(fc.boolean().map(String)),
    fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 17n })).map(String),
    units.map(amountText),
    fc.option(units.map(amountText), { freq: 40 }),
  );

  it('says in LibreOffice what the rows say, whatever their length, with the exact texts beside', async () => {
    const path = join(folder, 'random.xlsx');
    const rows = fc.sample(row, { numRuns: 400, seed: 5 }).map((fields, index) => [String(index), ...fields]);
    const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '', threads: 1 });
    const types = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
    await database.run('random', `create table report_random (${types})`);
    const literals = rows.map(
      (fields) => `(${fields.map((text) => (text === null ? 'null' : sqlText(text))).join(', ')})`,
    );
    await database.run('random', `insert into report_random values ${literals.join(', ')}`);
    const query = report as unknown as Query;
    await writeWorkbook(
      path,
      report,
      database.chunks('random', selectReport(query)),
      await database.texts('random', selectTotals(query)),
    );
    database.close();
    const sheets = (await openAllInLibreOffice([path], folder)).get(path);
    expect([...(sheets?.keys() ?? [])].sort()).toEqual(['JPY', 'KWD', 'USD', 'no currency']);
    for (const [name, sheet] of sheets ?? []) {
      const own = rows.filter(([, currency]) => sheetOf(currency ?? '') === name);
      expectSameSheet(
        sheet,
        columns,
        report.totals,
        own.map((fields) => fields.map((text) => text ?? '')),
      );
    }
  });
});
