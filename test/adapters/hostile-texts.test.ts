import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../src/adapters/csv.js';
import { writeWorkbook } from '../../src/adapters/xlsx.js';
import { unescapeFormula } from '../../src/domain/formula.js';
import { ndjsonPieces } from '../../src/domain/json-rows.js';
import { markdownPieces } from '../../src/domain/markdown-table.js';
import type { Texts } from '../../src/domain/report-shape.js';
import { statementFileName } from '../../src/domain/statement-name.js';
import { hostileTexts } from '../support/hostile-texts.js';
import { openInLibreOffice } from '../support/libre-office.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { readWorkbook } from '../support/read-workbook.js';

const columns = [
  { name: 'number', type: 'BIGINT', note: '' },
  { name: 'customer', type: 'VARCHAR', note: '' },
];
const report = { name: 'customers', purpose: 'Names.', columns, totals: [] };
const rows: Texts[] = hostileTexts.map((text, index) => [String(index), text]);

async function* oneChunk() {
  yield rows;
}

it('there are a hundred of them, each once, all of them Unicode', () => {
  expect(new Set(hostileTexts).size).toBe(100);
  for (const text of hostileTexts) expect(Buffer.from(text).toString()).toBe(text);
});

/** LibreOffice writes a lone carriage return and NUL in ways of its own, and takes `_xHHHH_` only where XML cannot hold the character. */
const beyondLibreOffice = /[\0\r\p{Noncharacter_Code_Point}\ufffd]|[\u007f-\u009f]/u;

describe('as CSV', () => {
  it.each([
    ['as it is', {}, '\n'],
    ['for Excel', { excel: true }, '\r\n'],
  ])('%s: come back exactly, and none is a formula', (_, options, lineEnd) => {
    const text = csvText(columns, rows, options);
    expect(text.startsWith('\ufeff')).toBe('excel' in options);
    const [header, ...records] = parse(text, { bom: true, record_delimiter: lineEnd }) as string[][];
    expect(header).toEqual(['number', 'customer']);
    expect(records.map(([, field = '']) => unescapeFormula(field))).toEqual(hostileTexts);
    for (const [, field = ''] of records) {
      const visible = field.normalize('NFKC').replace(/[\s\p{C}\p{Z}]/gu, '');
      expect(/^[=+\-@]/.test(visible), JSON.stringify(field)).toBe(false);
      expect(/^[\t\r\n]/.test(field), JSON.stringify(field)).toBe(false);
    }
  });

  it('are the same texts in LibreOffice, although it was told to work formulas out', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'hostile.csv');
    // CSV says nothing of types: a text that is a number, a date or a truth to a spreadsheet is taken for one.
    const guessed = /^(?:[\d/.e-]+|TRUE|#REF!)$/;
    const names = hostileTexts.filter((text) => !beyondLibreOffice.test(text) && !guessed.test(text));
    const numbered = names.map((text, index) => [String(index), text]);
    await writeFile(path, csvText(columns, numbered, { excel: true }));
    const [sheet = []] = [...(await openInLibreOffice(path, folder)).values()];
    expect(sheet.slice(1).map(([, text = '']) => unescapeFormula(text))).toEqual(names);
    expect(names.length).toBeGreaterThan(80);
  });
});

describe('as a workbook', () => {
  it('are exact texts and no formulas, in the file and in LibreOffice', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'hostile.xlsx');
    await writeWorkbook(path, report, oneChunk(), []);
    const { sheets } = await readWorkbook(path);
    const cells = sheets[0]?.rows.slice(1).map((row) => row[1] ?? null) ?? [];
    // The empty text is no cell.
    expect(cells.map((cell) => cell?.value ?? '')).toEqual(hostileTexts);
    for (const cell of cells) if (cell !== null) expect(cell).toMatchObject({ type: 'text', format: '@' });
    expect(sheets[0]?.xml).not.toMatch(/<f[ >/]/);

    const shown = (await openInLibreOffice(path, folder)).get('customers')?.slice(1) ?? [];
    const known = shown.filter((_, index) => !beyondLibreOffice.test(hostileTexts[index] ?? ''));
    expect(known.map(([, text]) => text)).toEqual(hostileTexts.filter((text) => !beyondLibreOffice.test(text)));
    expect(known.length).toBeGreaterThan(85);
  });

  it('are sheets by valid names where they are currencies', async () => {
    const path = join(await temporaryFolder(), 'hostile.xlsx');
    const of = { ...report, columns: [{ name: 'currency', type: 'VARCHAR', note: '' }] };
    const currencies = async function* () {
      yield hostileTexts.map((text) => [text]);
    };
    await writeWorkbook(path, of, currencies(), []);
    const { sheets } = await readWorkbook(path);
    expect(new Set(sheets.map(({ name }) => name.toLowerCase())).size).toBe(100);
    for (const { name } of sheets) expect(name).toMatch(/^(?!')[^[\]:*?/\\\p{C}]{1,31}(?<!')$/u);
    expect(sheets.map(({ rows: [, row] }) => row?.[0]?.value ?? '').sort()).toEqual([...hostileTexts].sort());
  });
});

describe('as Markdown', () => {
  it('are cells of their own row, without markup', async () => {
    let text = '';
    for await (const piece of markdownPieces(report, oneChunk(), [])) text += piece;
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    const cells = lines.slice(6).map((line) => /^\| \d+ \| (.*) \|$/.exec(line)?.[1] ?? 'no row of the table');
    expect(cells).toHaveLength(100);
    for (const cell of cells) {
      expect(cell).not.toMatch(/[<>|\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      // Every backslash takes the meaning from what follows it, and nothing that has one is left.
      expect(cell.replace(/\\[`*_[\]~$]/g, '')).not.toMatch(/[`*_[\]~$\\]/);
      expect(cell.replace(/&#\d+;/g, '')).not.toContain('&');
    }
    const read = cells.map((cell) =>
      cell.replace(
        /\\(.)|&#(\d+);/g,
        (_, escaped: string | undefined, code: string) => escaped ?? String.fromCodePoint(Number(code)),
      ),
    );
    expect(read).toEqual(hostileTexts);
  });
});

it('as JSON, they come back exactly, one object a line', async () => {
  let text = '';
  for await (const piece of ndjsonPieces(report, oneChunk())) text += piece;
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { customer: string });
  expect(objects.map(({ customer }) => customer)).toEqual(hostileTexts);
});

it('as names of statements, they are a hundred different safe file names', () => {
  const files = hostileTexts.map(statementFileName);
  expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(100);
  for (const file of files) expect(file).toMatch(/^[a-z0-9][a-z0-9-]{0,60}\.csv$/);
});
