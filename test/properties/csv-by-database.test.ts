import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CsvRow, csvPieces } from '../../src/adapters/csv.js';
import { Database, sqlName, sqlText } from '../../src/adapters/duckdb.js';
import { makeMacros } from '../../src/adapters/ledger.js';
import { loadQueries } from '../../src/adapters/query-files.js';
import { escapeFormula } from '../../src/domain/formula.js';
import type { Query, QueryColumn } from '../../src/domain/query.js';
import { selectEscaped } from '../../src/domain/report-sql.js';
import { csvOptions } from '../../src/pipeline/asking.js';
import { hostileTexts } from '../support/hostile-texts.js';

/** Reports are written by this program or, where they are too much for it, by the database: no reader shall see which. */
const seed = Number(process.env.SUBLEDGER_TEST_SEED ?? 401);

let database: Database;
let folder = '';
beforeAll(async () => {
  database = await Database.open(':memory:', { memoryMb: 512, temporaryFolder: '', threads: 2 });
  await makeMacros(database, await loadQueries());
  folder = await mkdtemp(join(tmpdir(), 'subledger-csv-copy-'));
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

/** Whole code points: DuckDB takes no halves. */
const anyText = fc.string({ unit: 'binary', maxLength: 8 });
const nasty = fc
  .array(fc.constantFrom(...',"\r\n\'=+-@# \t\0\u00a0＝－\ufeff\u2028;|\\0aZé', '""', '\r\n', "''"), { maxLength: 6 })
  .map((parts) => parts.join(''));
const cell = fc.oneof(fc.constantFrom(null, '', ...hostileTexts.filter((text) => text.length < 1000)), nasty, anyText);
const days = fc.constantFrom(null, '2026-10-01', '2008-02-29');
const amounts = fc.constantFrom(null, '0.00000000', '-0.00750000', '123456789012345678901234567890.12345678');
const name = fc.oneof(fc.constantFrom('cost', 'select', 'a,b', 'a"b', '#a', ' a ', '=1+1', 'a\nb', 'a\rb', 'é'), nasty);
const table = fc.record({
  names: fc.uniqueArray(
    name.filter((text) => text !== '' && !text.includes('\0')),
    { minLength: 3, maxLength: 3, selector: (text) => text.toLowerCase() },
  ),
  rows: fc.array(fc.tuple(cell, amounts, days), { maxLength: 6 }),
});

const types = ['VARCHAR', 'DECIMAL(38,8)', 'DATE'];

/** What the database holds of the rows, and what it writes of them. */
async function written(columns: readonly QueryColumn[], rows: readonly CsvRow[], lineEnd: string): Promise<Buffer> {
  const list = columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(', ');
  await database.run('report_x', `create or replace temp table report_x (${list})`);
  await database.run('cells', 'create or replace temp table cells (a varchar, b varchar, c varchar)');
  await database.append('cells', rows);
  const casts = types.map((type, index) => `cast(${'abc'[index]} as ${type})`).join(', ');
  await database.run('report_x', `insert into report_x select ${casts} from cells`);
  const query = { name: 'x', columns, order: [] as string[] } as unknown as Query;
  const path = join(folder, 'x.csv');
  await database.run(
    'copy',
    `copy (${selectEscaped(query)}) to ${sqlText(path)} (${csvOptions}, new_line ${sqlText(lineEnd)}, use_tmp_file false)`,
  );
  return readFile(path);
}

async function piecesOf(columns: readonly QueryColumn[], rows: readonly CsvRow[], lineEnd: '\n' | '\r\n') {
  const chunks = async function* () {
    yield rows;
  };
  let text = '';
  for await (const piece of csvPieces(columns, chunks(), { lineEnd })) text += piece;
  return Buffer.from(text);
}

describe(`CSV of the database and of this program, seed ${seed}`, () => {
  it.each(['\n', '\r\n'] as const)('is the same, byte for byte, with lines that end in %j', async (lineEnd) => {
    await fc.assert(
      fc.asyncProperty(table, async ({ names, rows }) => {
        const columns = names.map((column, index) => ({ name: column, type: types[index] ?? '', note: '' }));
        const own = await piecesOf(columns, rows, lineEnd);
        const its = await written(columns, rows, lineEnd);
        expect(its.toString('utf8')).toBe(own.toString('utf8'));
        expect(its.equals(own)).toBe(true);
      }),
      { numRuns: 400, seed },
    );
  });

  it('is the same of every hostile text by itself', async () => {
    const columns = types.map((type, index) => ({ name: `c${index}`, type, note: '' }));
    const rows = hostileTexts.map((text): CsvRow => [text, '1.00000000', '2026-10-01']);
    expect((await written(columns, rows, '\n')).toString()).toBe((await piecesOf(columns, rows, '\n')).toString());
  });
});

describe('escape_formula in SQL', () => {
  const escapedBySql = async (texts: readonly string[]): Promise<(string | null)[]> => {
    await database.run('texts', 'create or replace temp table texts (place varchar, value varchar)');
    await database.append(
      'texts',
      texts.map((text, index) => [String(index).padStart(8, '0'), text]),
    );
    const rows = await database.texts('texts', 'select escape_formula(value) from texts order by place');
    return rows.map(([value]) => value ?? null);
  };

  it('is escapeFormula before every control, format, space and other character of the first planes', async () => {
    const points = [...Array(0x20000).keys()].filter((point) => point < 0xd800 || point > 0xdfff);
    const texts = [...points, 0xe0001, 0xe0020, 0xe007f, 0x10ffff].flatMap((point) => {
      const character = String.fromCodePoint(point);
      // Alone before a formula, behind an apostrophe, and as the formula's own sign.
      return /[\p{Cc}\p{Cf}\p{Z}\p{P}\p{S}]/u.test(character)
        ? [`${character}=1`, `'${character}=1`, `${character}1`, ` ${character}`]
        : [`${character}=1`];
    });
    expect(texts.length).toBeGreaterThan(100_000);
    const escaped = await escapedBySql(texts);
    const other = texts.flatMap((text, index) =>
      escaped[index] === escapeFormula(text) ? [] : [`${JSON.stringify(text)}: ${JSON.stringify(escaped[index])}`],
    );
    expect(other.slice(0, 20)).toEqual([]);
  });

  it(`is escapeFormula of random texts, seed ${seed}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(nasty, anyText), { minLength: 50, maxLength: 200 }), async (texts) => {
        expect(await escapedBySql(texts)).toEqual(texts.map(escapeFormula));
      }),
      { numRuns: 60, seed },
    );
    expect(await escapedBySql([...hostileTexts])).toEqual(hostileTexts.map(escapeFormula));
  });
});
