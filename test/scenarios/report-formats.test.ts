import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database, sqlName, sqlText } from '../../src/adapters/duckdb.js';
import { loadQueries } from '../../src/adapters/query-files.js';
import { type Query, queryNamed } from '../../src/domain/query.js';
import { askHere } from '../support/ask-here.js';
import { type CliResult, runCli } from '../support/cli.js';
import { configFor, runPipeline, suiteFolder, temporaryFolder } from '../support/pipeline-run.js';
import { isEscaped } from '../support/published.js';
import { readWorkbook } from '../support/read-workbook.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 471, accounts: 9, records: 900, from: '2026-09-29', to: '2026-10-03' };
const range = ['--from', world.from, '--to', world.to];
const queries = await loadQueries();
const folder = suiteFolder();
let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
});
afterAll(() => simulator.stop());

const run = (...args: string[]): Promise<CliResult> => runCli(['report', ...args, ...range], { cwd: folder });
const unescaped = (text: string): string => (isEscaped(text) ? text.slice(1) : text);

/** The report's rows as exact texts: what every format must hold. */
async function rowsOf(query: Query): Promise<(string | null)[][]> {
  const [rows = []] = await askHere(configFor(simulator, folder, world), queries, [query]);
  return rows.map((row) => query.columns.map(({ name }) => row[name] ?? null));
}

describe.each(['customer_cost', 'unpriced', 'line_items', 'completeness'])('%s', (name) => {
  const query = queryNamed(queries, name);
  const names = query.columns.map((column) => column.name);
  const write = async (format: string, ...more: string[]): Promise<string> => {
    const path = join(folder, 'out', `${name}.${format}`);
    const { code, stdout, stderr } = await run(name, '--output', path, '--quiet', ...more);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    return path;
  };

  it('as CSV, by a second reader, and with a byte order mark and CR LF for Excel', async () => {
    const rows = await rowsOf(query);
    expect(rows.length).toBeGreaterThan(0);
    const text = await readFile(await write('csv'), 'utf8');
    const read = parse(text) as string[][];
    expect(read[0]).toEqual(names);
    expect(read.slice(1).map((row) => row.map(unescaped))).toEqual(rows.map((row) => row.map((cell) => cell ?? '')));
    const excel = await readFile(await write('csv', '--excel'), 'utf8');
    expect(excel.slice(0, 1)).toBe('\ufeff');
    expect(parse(excel, { bom: true, record_delimiter: '\r\n' })).toEqual(read);
  });

  it('as JSON and NDJSON: texts and nulls, in the order of the columns', async () => {
    const rows = await rowsOf(query);
    const objects = JSON.parse(await readFile(await write('json'), 'utf8')) as Record<string, string | null>[];
    expect(objects.map((row) => Object.values(row))).toEqual(rows);
    expect(objects.every((row) => JSON.stringify(Object.keys(row)) === JSON.stringify(names))).toBe(true);
    const lines = (await readFile(await write('ndjson'), 'utf8')).split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual(objects);
  });

  it('as Parquet: the types of the header, and the values', async () => {
    const path = await write('parquet');
    const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '', threads: 1 });
    try {
      const from = `read_parquet(${sqlText(path)})`;
      const columns = await database.describe('parquet', `select * from ${from}`);
      expect(columns).toEqual(query.columns.map((column) => ({ name: column.name, type: column.type })));
      const texts = query.columns.map((column) =>
        column.type === 'TIMESTAMP'
          ? `strftime(${sqlName(column.name)}, '%Y-%m-%dT%H:%M:%SZ')`
          : `${sqlName(column.name)}::varchar`,
      );
      expect(await database.texts('parquet', `select ${texts.join(', ')} from ${from}`)).toEqual(await rowsOf(query));
    } finally {
      database.close();
    }
  });

  it('as Markdown: a line for each row, and the totals', async () => {
    const rows = await rowsOf(query);
    const lines = (await readFile(await write('md'), 'utf8')).split('\n').filter((line) => line.startsWith('| '));
    const currencies = new Set(rows.map((row) => row[names.indexOf('currency')] ?? ''));
    expect(lines).toHaveLength(2 + rows.length + (query.totals.length === 0 ? 0 : currencies.size));
    // Every sid, day and amount stands in its line.
    for (const [index, row] of rows.entries()) {
      const plain = row.filter((cell): cell is string => cell !== null && /^[A-Za-z0-9.:-]+$/.test(cell));
      for (const cell of plain) expect(lines[index + 2]).toContain(` ${cell} `);
    }
  });

  it('as a workbook: as many rows, and the same amounts', async () => {
    const rows = await rowsOf(query);
    const { sheets } = await readWorkbook(await write('xlsx'));
    const cells = sheets.flatMap((sheet) => sheet.rows.slice(1)).filter((row) => row.some((cell) => cell !== null));
    const body = cells.filter((row) => !row.some((cell) => cell?.value === 'Total'));
    expect(body).toHaveLength(rows.length);
    const sids = (all: readonly string[]): string[] =>
      all.filter((text) => /^(AC|CA|SM|MM)[0-9a-f]{32}$/.test(text)).sort();
    expect(sids(body.flatMap((row) => row.map((cell) => cell?.value ?? '')))).toEqual(
      sids(rows.flatMap((row) => row.map((cell) => cell ?? ''))),
    );
  });
});

describe('the format', () => {
  it.each([
    ['x.CSV', 'month,'],
    ['x.XLSX', 'PK'],
    ['x.Parquet', 'PAR1'],
    ['x.jsonl', '{"month"'],
    ['x.Markdown', '# customer'],
    ['x', 'month,'],
    ['x.txt', 'month,'],
    ['x.csv', 'month,', '--json'],
  ])('of %s is told by its ending, however it is written', async (file, begin, ...more) => {
    const own = await temporaryFolder();
    expect((await run('customer_cost', '--output', join(own, file), ...more)).code).toBe(0);
    expect((await readFile(join(own, file), 'latin1')).slice(0, begin.length)).toBe(begin);
  });

  it.each(['x.xls', 'x.pdf', 'x.csv.gz'])('of %s is none, and not CSV under that name', async (file) => {
    const own = await temporaryFolder();
    const { code, stderr } = await run('customer_cost', '--output', join(own, file));
    expect(code).toBe(2);
    expect(stderr).toMatch(/\.[a-z]+ is not written; name it \.xlsx or \.csv, or say --format\./);
    expect(await readdir(own)).toEqual([]);
  });

  it('is one of those that are known, and everything that is wrong is told at once', async () => {
    const { code, stderr } = await run('customer_cost', '--format', 'yaml', '--group-by', 'week', '--currency', 'us');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      'error: --format yaml is not known: csv, json, ndjson, parquet, xlsx, md.',
      'error: --group-by week is not known: day or month.',
      'error: --currency us is not an ISO 4217 code, as USD.',
    ]);
    expect((await run('customer_cost', '--excel', '--format', 'md')).stderr).toContain('--excel is about CSV');
    expect((await run('customer_cost', '--output', '')).stderr).toContain('error: --output is empty: name a file');
  });

  it('of several reports is that of the files of a folder; on stdout they would run into each other', async () => {
    const own = await temporaryFolder();
    const names = ['customer_cost', 'account_cost'];
    expect((await run(...names, '--output', `${own}/new/`, '--format', 'json')).code).toBe(0);
    expect((await readdir(join(own, 'new'))).sort()).toEqual(['account_cost.json', 'customer_cost.json']);
    expect((await run(...names, '--output', join(own, 'one.csv'))).stderr).toContain('is one file for 2 reports');
    for (const format of ['csv', 'json', 'ndjson'])
      expect((await run(...names, '--format', format)).stderr).toContain('would run into each other');
    expect((await run(...names, '--format', 'xlsx')).stderr).toContain('xlsx is no text');
    const { code, stdout } = await run(...names, '--format', 'md');
    expect({ code, heads: stdout.match(/^# .*$/gm) }).toEqual({
      code: 0,
      heads: ['# customer\\_cost', '# account\\_cost'],
    });
  });
});

describe('a file', () => {
  const formats = ['csv', 'json', 'md', 'parquet', 'xlsx'];

  it('is never put in the place of what is no file: /dev/null stays what it is', async () => {
    for (const path of ['/dev/null', '/dev/stdout', '/dev/fd/1']) {
      const { code, stderr } = await run('customer_cost', '--output', path);
      expect({ path, code }).toEqual({ path, code: 2 });
      expect(stderr).toContain(`--output ${path} is neither a file nor a folder`);
    }
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('that stands there stays as it is where the new one cannot be written', async () => {
    const own = await temporaryFolder();
    await writeFile(join(own, 'x.csv'), 'what stood here');
    // A folder that is a file: nothing can be made in it.
    for (const format of formats) {
      const { code, stderr } = await run(
        'line_items',
        '--output',
        join(own, 'x.csv', `y.${format}`),
        '--format',
        format,
      );
      expect({ format, code }).toEqual({ format, code: 6 });
      expect(stderr).not.toMatch(/bug|\.js:\d/);
    }
    // Unwritable for this user, who is not root.
    const sealed = join(own, 'sealed');
    await mkdir(sealed);
    const error = await run('line_items', '--customer', 'nobody', '--output', join(sealed, 'z.parquet'));
    expect(error.code).toBe(2);
    expect(await readdir(sealed)).toEqual([]);
    expect(await readFile(join(own, 'x.csv'), 'utf8')).toBe('what stood here');
    await symlink('nowhere', join(own, 'link'));
    expect((await run('customer_cost', '--output', join(own, 'link'))).code).toBe(0);
    expect((await readFile(join(own, 'link'), 'utf8')).slice(0, 6)).toBe('month,');
  });

  it.skipIf(process.getuid?.() !== 0).each(formats)(
    'of a full disk is an error with 7, and nothing is left: %s',
    async (format) => {
      const own = await temporaryFolder();
      const disk = join(own, 'disk');
      await mkdir(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=700', 'tmpfs', disk]);
      try {
        await writeFile(join(disk, 'fill'), Buffer.alloc(12_288));
        const path = join(disk, `x.${format}`);
        const { code, stderr } = await run('line_items', '--output', path, '--format', format);
        expect(stderr).toMatch(/^error: .*disk full/m);
        expect({ code, left: await readdir(disk) }).toEqual({ code: 7, left: ['fill'] });
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );

  it('that stdout is, on a full disk, is an error with 7', async () => {
    const shell = `"${process.execPath}" "${join(import.meta.dirname, '../../dist/cli.js')}" report line_items ${range.join(' ')} > /dev/full`;
    const told = (() => {
      try {
        execFileSync('bash', ['-c', shell], { cwd: folder, stdio: 'pipe' });
        return { status: 0, stderr: '' };
      } catch (error) {
        return error as { status: number; stderr: Buffer };
      }
    })();
    expect({ status: told.status, stderr: String(told.stderr).trim() }).toEqual({
      status: 7,
      stderr: 'error: stdout cannot be written: ENOSPC: no space left on device, write',
    });
  });

  it('of two processes at once is that of one of them, whole', async () => {
    const own = await temporaryFolder();
    const path = join(own, 'x.csv');
    const alone = (await run('line_items')).stdout;
    const both = await Promise.all([1, 2, 3].map(() => run('line_items', '--output', path)));
    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await readFile(path, 'utf8')).toBe(alone);
    expect(await readdir(own)).toEqual(['x.csv']);
  });
});
