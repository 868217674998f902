import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRow, csvPieces, csvText, readCsvFile, readCsvText } from '../../src/adapters/csv.js';
import { Database, sqlText } from '../../src/adapters/duckdb.js';
import { unescapeFormula } from '../../src/domain/formula.js';

const columns = [
  { name: 'name', type: 'VARCHAR' },
  { name: 'cost', type: 'DECIMAL(38,8)' },
  { name: 'day', type: 'DATE' },
];

describe('csvText', () => {
  it('has a header, LF and only the quotes that are needed', () => {
    const rows = [
      ['Acme', '-0.00750000', '2026-10-01'],
      ['Say "hi", you', '1.00000000', '2026-10-01'],
      ['two\nlines', '1.00000000', null],
      ['return\rhere', null, null],
    ];
    expect(csvText(columns, rows)).toBe(
      'name,cost,day\nAcme,-0.00750000,2026-10-01\n"Say ""hi"", you",1.00000000,2026-10-01\n' +
        '"two\nlines",1.00000000,\n"return\rhere",,\n',
    );
  });

  it('writes null as nothing and the empty text as two quotes', () => {
    expect(csvText(columns, [['', null, null]])).toBe('name,cost,day\n"",,\n');
    expect(csvText(columns, [[null, null, null]])).toBe('name,cost,day\n,,\n');
  });

  it('escapes formulas in texts, never in numbers and days', () => {
    expect(csvText(columns, [['-1', '-1.00000000', '2026-10-01']])).toContain("\n'-1,-1.00000000,2026-10-01\n");
    expect(csvText([{ name: '=x', type: 'INTEGER' }], [])).toBe("'=x\n");
  });

  it('ends lines with CR LF where asked', () => {
    expect(csvText(columns, [['a\nb', '1', null]], { lineEnd: '\r\n' })).toBe('name,cost,day\r\n"a\nb",1,\r\n');
  });

  it('begins with one byte order mark and ends lines with CR LF for Excel, in pieces too', async () => {
    const rows = [['Ä\nb', '1', null]];
    const text = '\ufeffname,cost,day\r\n"Ä\nb",1,\r\n';
    expect(csvText(columns, rows, { excel: true })).toBe(text);
    const source = async function* () {
      yield rows;
    };
    let pieces = '';
    for await (const piece of csvPieces(columns, source(), { excel: true })) pieces += piece;
    expect(pieces).toBe(text);
    expect(readCsvText(text).records[0]?.fields).toEqual(['name', 'cost', 'day']);
  });

  it('is the same in pieces, empty chunks included', async () => {
    const chunks: CsvRow[][] = [[['a', '1', null]], [], [['b', '2', '2026-10-01']]];
    const source = async function* () {
      yield* chunks;
    };
    let text = '';
    for await (const piece of csvPieces(columns, source())) text += piece;
    expect(text).toBe(csvText(columns, chunks.flat()));
  });

  it('can be read back by this reader and by DuckDB, whatever the text', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'",\r\n\'=- \t'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    );
    // DuckDB holds no NUL inside a text that went through CSV, and this reader takes CR LF for one line end.
    const nasty = fc.string({ unit }).map((text) => text.replaceAll('\0', '').replaceAll('\r', ''));
    const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '', threads: 1 });
    const folder = await mkdtemp(join(tmpdir(), 'subledger-csv-'));
    const path = join(folder, 'x.csv');
    const twoTexts = ['a', 'b'].map((name) => ({ name, type: 'VARCHAR' }));
    const row = fc.tuple(fc.option(nasty), fc.option(nasty));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const text = csvText(twoTexts, rows);
        const read = readCsvText(text).records.slice(1);
        expect(read.map(({ fields }) => fields.map(unescapeFormula))).toEqual(
          rows.map((each) => each.map((cell) => cell ?? '')),
        );
        await writeFile(path, text);
        const back = await database.texts(
          'read back',
          `select a, b from read_csv(${sqlText(path)}, header = true, all_varchar = true, delim = ',', quote = '"',
             escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false)`,
        );
        expect(back.map((each) => each.map((cell) => (cell === null ? null : unescapeFormula(cell))))).toEqual(rows);
      }),
      { numRuns: 300 },
    );
    database.close();
    await rm(folder, { recursive: true });
  });
});

describe('readCsvText', () => {
  it('gives each record the line that it begins on', () => {
    const text = 'a,b\n1,"two\nlines"\n\n2,"three\r\n\r\nlines"\r\n3,x';
    expect(readCsvText(text)).toEqual({
      records: [
        { line: 1, fields: ['a', 'b'] },
        { line: 2, fields: ['1', 'two\nlines'] },
        { line: 5, fields: ['2', 'three\n\nlines'] },
        { line: 8, fields: ['3', 'x'] },
      ],
      problems: [],
    });
  });

  it('leaves a byte order mark and empty files alone', () => {
    expect(readCsvText('\ufeffa,b\n').records).toEqual([{ line: 1, fields: ['a', 'b'] }]);
    expect(readCsvText('')).toEqual({ records: [], problems: [] });
    expect(readCsvText('\ufeff\n\n')).toEqual({ records: [], problems: [] });
  });

  it.each([
    ['a,b\n1,"open\n2,x\n', 'line 2: a quote is opened and never closed'],
    [
      'a,b\n1,x"y\n',
      'line 2: a quote stands inside a field that does not begin with one; write "" inside quotes for a quote',
    ],
    ['a,b\n1,2\n1,"x"y\n', 'line 3: text follows a closing quote; write "" inside quotes for a quote'],
  ])('says where %j is damaged', (text, problem) => {
    expect(readCsvText(text).problems).toEqual([problem]);
  });
});

describe('readCsvFile', () => {
  it('takes what is not UTF-8, or not there, as a problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'subledger-csv-'));
    await writeFile(join(folder, 'latin1.csv'), Buffer.from([0x61, 0x2c, 0xe9, 0x0a]));
    expect((await readCsvFile(join(folder, 'latin1.csv'))).problems).toEqual(['cannot be read: it is not UTF-8 text']);
    expect((await readCsvFile(join(folder, 'none.csv'))).problems[0]).toContain('cannot be read: Error: ENOENT');
    expect((await readCsvFile(folder)).problems[0]).toContain('cannot be read');
    await rm(folder, { recursive: true });
  });
});
