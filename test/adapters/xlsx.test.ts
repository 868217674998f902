import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeWorkbook } from '../../src/adapters/xlsx.js';
import { workbookCellsMax } from '../../src/domain/limits.js';
import type { Texts } from '../../src/domain/report-shape.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { type ReadCell, readWorkbook } from '../support/read-workbook.js';

const report = {
  name: 'customer_cost',
  purpose: 'What each customer & account cost.',
  columns: [
    ['month', 'DATE'],
    ['customer_id', 'VARCHAR'],
    ['currency', 'VARCHAR'],
    ['calls', 'BIGINT'],
    ['cost', 'DECIMAL(38,8)'],
    ['other_cost', 'DECIMAL(38,8)'],
    ['is_final', 'BOOLEAN'],
    ['priced_at', 'TIMESTAMP'],
  ].map(([name = '', type = '']) => ({ name, type, note: '' })),
  totals: ['cost', 'other_cost', 'calls'],
};
const rows: Texts[] = [
  ['2026-10-01', '00123', 'USD', '1234567', '12.50750000', null, 'true', '2026-10-31T23:59:59Z'],
  ['2026-10-01', '=1+1', 'USD', '2', '-1234567890.12345678', '0.00000000', 'false', null],
  ['0001-01-01', '', 'JPY', '0', '7.00000000', '1.00000000', null, null],
];
const totals: Texts[] = [
  ['JPY', '7.00000000', '1.00000000', '0'],
  ['USD', '-1234567877.61595678', null, '1234569'],
];

async function* inChunks(of: readonly Texts[]) {
  for (const row of of) yield [row];
  yield [];
}

async function written(of = report, texts: readonly Texts[] = rows, sums: readonly Texts[] = totals): Promise<string> {
  const path = join(await temporaryFolder(), 'report.xlsx');
  await writeWorkbook(path, of, inChunks(texts), sums);
  return path;
}

const values = (cells: readonly (ReadCell | null)[] | undefined) => cells?.map((cell) => cell?.value ?? null);

describe('a workbook', () => {
  it('has a sheet for each currency, typed cells, exact texts beside, totals as values', async () => {
    const { sheets } = await readWorkbook(await written());
    expect(sheets.map(({ name }) => name)).toEqual(['JPY', 'USD']);
    const [, usd] = sheets;
    const names = ['month', 'customer_id', 'currency', 'calls', 'cost', 'cost (exact)', 'other_cost'];
    expect(values(usd?.rows[0])).toEqual([...names, 'is_final', 'priced_at']);
    const time = expect.stringMatching(/^46326\.99998842/);
    expect(usd?.rows.slice(1, 3).map(values)).toEqual([
      ['46296', '00123', 'USD', '1234567', '12.5075', '12.50750000', null, '1', time],
      ['46296', '=1+1', 'USD', '2', '-1234567890.1234567', '-1234567890.12345678', '0', '0'],
    ]);
    expect(usd?.rows[1]?.map((cell) => cell?.type[0] ?? '-').join('')).toBe('nttnnt-bn');
    expect(usd?.rows[1]?.map((cell) => cell?.format)).toEqual([
      'yyyy-mm-dd',
      '@',
      '@',
      '#,##0',
      '#,##0.00000000',
      '@',
      undefined,
      '',
      'yyyy-mm-dd hh:mm:ss',
    ]);
    expect(usd?.rows[3]).toEqual([]);
    const exact = '-1234567877.61595678';
    expect(values(usd?.rows[4])).toEqual(['Total', null, 'USD', '1234569', '-1234567877.6159568', exact]);
    for (const cell of [...(usd?.rows[0] ?? []), ...(usd?.rows[4] ?? [])]) expect(cell?.bold ?? true).toBe(true);
    for (const cell of usd?.rows[1] ?? []) expect(cell?.bold ?? false).toBe(false);
  });

  it('keeps a day that the sheet cannot count as a text, and the empty text as no cell', async () => {
    const [jpy] = (await readWorkbook(await written())).sheets;
    expect(values(jpy?.rows[1])).toEqual(['0001-01-01', null, 'JPY', '0', '7', '1']);
    expect(jpy?.rows[1]?.[0]).toMatchObject({ type: 'text', format: '@' });
    expect(jpy?.rows[1]?.[4]).toMatchObject({ format: '#,##0' });
  });

  it('freezes its header, filters its rows without the totals, holds no formula, and says what it is', async () => {
    const { parts, sheets } = await readWorkbook(await written());
    for (const { xml } of sheets) {
      expect(xml).toContain('<pane ySplit="1" xSplit="0" topLeftCell="A2"');
      expect(xml).not.toMatch(/<f[ >/]/);
    }
    expect(sheets[1]?.xml).toMatch(/<\/sheetData><autoFilter ref="A1:I3"\/>/);
    expect(parts.get('xl/workbook.xml')).toContain(
      '<definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">\'USD\'!$A$1:$I$3</definedName>',
    );
    expect(parts.get('xl/workbook.xml')).not.toContain('date1904');
    expect(parts.get('docProps/core.xml')).toContain('<dc:title>customer_cost</dc:title>');
    expect(parts.get('docProps/core.xml')).toContain('<dc:description>What each customer &amp; account cost.<');
    expect([...parts.values()].join('')).not.toMatch(/dcterms|20\d\d-\d\d-\d\dT/);
  });

  it('has a header only where there is no row', async () => {
    const { sheets } = await readWorkbook(await written(report, [], []));
    expect(sheets).toMatchObject([{ name: 'customer_cost' }]);
    expect(sheets[0]?.rows.map((row) => row.length)).toEqual([8]);
  });
});

describe('the bytes of a workbook', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    vi.useRealTimers();
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('are the same at any time, in any time zone', async () => {
    const versions: Buffer[] = [];
    for (const [at, tz] of [
      ['2026-10-01T10:00:00Z', 'UTC'],
      ['2031-03-30T01:30:00Z', 'Pacific/Auckland'],
      ['1999-12-31T23:59:59Z', 'America/St_Johns'],
    ] as const) {
      process.env.TZ = tz;
      vi.useFakeTimers({ now: new Date(at), toFake: ['Date'] });
      versions.push(await readFile(await written()));
    }
    expect(versions[1]?.equals(versions[0] ?? Buffer.alloc(0))).toBe(true);
    expect(versions[2]?.equals(versions[0] ?? Buffer.alloc(0))).toBe(true);
  });
});

describe('what does not fit', () => {
  it('is refused before the rest is read, with what to do instead, and leaves no file', async () => {
    const folder = await temporaryFolder();
    let chunks = 0;
    const endless = async function* () {
      const row = report.columns.map(() => null);
      for (;;) {
        chunks += 1;
        yield Array.from({ length: 10_000 }, () => row);
      }
    };
    const done = writeWorkbook(join(folder, 'x.xlsx'), report, endless(), []);
    await expect(done).rejects.toThrow(
      /more rows .* which is 62,500 of its 8 columns\. .*--format csv or --format parquet/,
    );
    expect(chunks).toBe(Math.floor(workbookCellsMax / 8 / 10_000) + 1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is a text longer than a cell', async () => {
    const texts = (length: number): Texts[] => [['2026-10-01', 'x'.repeat(length), 'USD']];
    const { sheets } = await readWorkbook(await written(report, texts(32_767), []));
    expect(sheets[0]?.rows[1]?.[1]?.value).toHaveLength(32_767);
    await expect(written(report, texts(32_768), [])).rejects.toThrow(
      'customer_cost has a text of 32,768 characters in customer_id; a cell of a workbook holds 32,767.',
    );
  });

  it('is a folder that is not there', async () => {
    const path = join(await temporaryFolder(), 'none', 'x.xlsx');
    await expect(writeWorkbook(path, report, inChunks(rows), totals)).rejects.toThrow(/cannot write .*none/);
  });
});
