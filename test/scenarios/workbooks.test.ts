import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database, sqlText } from '../../src/adapters/duckdb.js';
import { loadQueries } from '../../src/adapters/query-files.js';
import { writeWorkbook } from '../../src/adapters/xlsx.js';
import { publishedReportsOf, type Query } from '../../src/domain/query.js';
import { selectReport, selectTotals } from '../../src/domain/report-sql.js';
import { runCli } from '../support/cli.js';
import { expectSameSheet } from '../support/expect-same-sheet.js';
import { openAllInLibreOffice } from '../support/libre-office.js';
import { configFor, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { readFields, readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';
import { amountText } from '../support/units.js';

/** Enough accounts for five currencies and most of the simulator's names that break programs. */
const world = { seed: 91, accounts: 30, records: 1500, from: '2026-10-01', to: '2026-11-01' };
const folder = suiteFolder();

const workbookOf = ({ name }: Query): string => join(folder, 'books', `${name}.xlsx`);
const csvOf = ({ name }: Query): string => join(outputFolderOf(folder), '2026-10', `${name}.csv`);

const sheetOf = (currency: string): string => (currency === '' ? 'no currency' : currency);

/** The published CSV's rows as fields, by the name of the sheet that they belong to. */
async function publishedSheets(query: Query): Promise<Map<string, string[][]>> {
  const { name, columns } = query;
  const path = csvOf(query);
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
    await runPipeline(configFor(simulator, folder, world));
    await simulator.stop();
    // The statement is published in pieces, one for each customer; some reports are not published, or not without an input.
    reports.push(...publishedReportsOf(await loadQueries()).filter((query) => existsSync(csvOf(query))));
    await mkdir(join(folder, 'books'));
    const flags = ['--month', '2026-10', '--format', 'xlsx', '--output', join(folder, 'books'), '--quiet'];
    const { code, stderr } = await runCli(['report', ...reports.map(({ name }) => name), ...flags], { cwd: folder });
    expect(code, stderr).toBe(0);
  });

  it('say in LibreOffice what the published CSVs say, cell by cell, with the sums of the rows', async () => {
    let cells = 0;
    const books = await openAllInLibreOffice(reports.map(workbookOf), folder);
    for (const query of reports) {
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
    expect(reports.filter(({ totals }) => totals.length > 0).length).toBeGreaterThan(3);
    const headline = books.get(join(folder, 'books', 'customer_cost.xlsx'));
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
