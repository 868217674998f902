import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { openSnapshot } from '../../src/adapters/snapshot.js';
import { ConfigError } from '../../src/domain/errors.js';
import { ownSelect } from '../../src/domain/own-select.js';
import { ask } from '../../src/pipeline/asking.js';
import { runCli } from '../support/cli.js';
import { harmlessSql, hostileSql } from '../support/hostile-sql.js';
import { configFor, dataFolderOf, runPipeline, suiteFolder, temporaryFolder } from '../support/pipeline-run.js';
import { filesBelow, hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 441, accounts: 3, records: 400, from: '2026-10-01', to: '2026-10-03' };
const range = ['--from', world.from, '--to', world.to];
const secret = 'the-canary-sings';

const queries = await loadQueries();
const seeds = await seedFiles();
const folder = suiteFolder();
const cage = join(folder, 'cage');
const canary = join(cage, 'canary.csv');
const hostile = hostileSql(canary, cage);
let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
  await mkdir(cage);
  await writeFile(canary, `word\n${secret}\n`);
});
afterAll(() => simulator.stop());

/** Rows of a SELECT as `subledger report --sql` makes them. */
async function rowsOf(sql: string): Promise<unknown[]> {
  const snapshot = await openSnapshot(dataFolderOf(folder), queries, seeds);
  if (snapshot === undefined) throw new Error('there is no snapshot');
  try {
    const wish = { groupBy: undefined, filters: { customers: [], accounts: [], currencies: [] } };
    const config = configFor(simulator, folder, world);
    const all: unknown[] = [];
    const { signal } = new AbortController();
    for await (const { rows } of ask(
      { ledger: snapshot.ledger, queries },
      config,
      wish,
      [ownSelect('own.sql', sql)],
      [],
      { signal },
    ))
      for await (const chunk of rows()) all.push(...chunk);
    return all;
  } finally {
    await snapshot.close();
  }
}

describe(`${hostile.length} SELECTs that want more than the ledger`, () => {
  it('are refused as the user’s error; nothing is read, written or changed', { timeout: 600_000 }, async () => {
    const before = await hashesOf(folder);
    const passed: string[] = [];
    for (const sql of hostile) {
      const error = await rowsOf(sql).then(
        (rows) => `answered ${JSON.stringify(rows).slice(0, 200)}`,
        (reason: unknown) => reason,
      );
      if (error instanceof ConfigError) {
        expect(error.message, sql).toMatch(/^own\.sql: /);
        expect(error.message, sql).not.toContain(secret);
      } else passed.push(`${sql.slice(0, 120)} → ${error}`);
    }
    expect(passed).toEqual([]);
    expect(await hashesOf(folder)).toEqual(before);
  });

  it('reach nothing even where nobody looks at them first: the database is sealed', { timeout: 600_000 }, async () => {
    const before = await hashesOf(folder);
    // Several share a session: what one of them opens, the next ones would find open.
    for (let at = 0; at < hostile.length; at += 20) {
      const snapshot = await openSnapshot(dataFolderOf(folder), queries, seeds);
      if (snapshot === undefined) throw new Error('there is no snapshot');
      await snapshot.ledger.seal([]);
      for (const sql of hostile.slice(at, at + 20)) expect(await run(snapshot.ledger, sql), sql).not.toContain(secret);
      await snapshot.close();
    }
    // Logs that are written to a file would be written when the process ends: that they are refused is the check's work.
    expect(await hashesOf(folder)).toEqual(before);
    expect(await readdir(cage)).toEqual(['canary.csv']);
  });

  it('would read the canary if the database were not sealed: the test can fail', async () => {
    const snapshot = await openSnapshot(dataFolderOf(folder), queries, seeds);
    expect(await run(snapshot?.ledger as Database, `select * from '${canary}'`)).toContain(secret);
    await snapshot?.close();
  });

  it.each([
    [`select * from read_text('${canary}')`, 'read_text() is not for reports'],
    ['select 1; select 2', '2 statements: one SELECT is wanted'],
    ['drop table calls', 'it is no SELECT'],
    ["select cast('x' as integer) as x", "Could not convert string 'x'"],
    ['from customer_cost', 'there is no table customer_cost in the ledger. There is report_customer_cost.'],
  ])('end the program with 2 and the file’s name: %s', async (sql, message) => {
    const path = join(await temporaryFolder(), 'own.sql');
    await writeFile(path, sql);
    const { code, stdout, stderr } = await runCli(['report', '--sql', path, ...range], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${path}: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/bug|\.js:\d/);
  });
});

describe('a SELECT of the user’s', () => {
  const ask = async (sql: string | Uint8Array, ...args: string[]) => {
    const path = join(await temporaryFolder(), 'own.sql');
    await writeFile(path, sql);
    const { code, stdout, stderr } = await runCli(['report', '--sql', path, ...range, ...args], { cwd: folder });
    return { code, stdout, stderr: stderr.replaceAll(path, 'own.sql') };
  };

  it('keeps the fraction of a second that it answers', async () => {
    const sql = `select timestamp '2026-10-01 01:02:03.000456' as a, timestamp '2026-10-01 01:02:03' as b,
      cast(null as timestamp) as c`;
    expect((await ask(sql)).stdout).toBe('a,b,c\n2026-10-01T01:02:03.000456Z,2026-10-01T01:02:03Z,\n');
  });

  it('cannot bring a formula into CSV as a text of another type', async () => {
    const sql = `select cast('=1' as enum('=1')) as a, cast('+1' as blob) as b, union_value(k := '@1') as c, -1.5 as d,
      cast(-1 as double) as e, -interval 1 day as f`;
    expect((await ask(sql)).stdout).toBe("a,b,c,d,e,f\n'=1,'+1,'@1,-1.5,-1.0,-1 day\n");
  });

  it.each(['Currency', 'DAY', 'Month', 'Customer_ID'])(
    'cannot call a column %s, which filters and totals would take for another one',
    async (name) => {
      const lower = name.toLowerCase();
      expect(await ask(`select 'x' as "${name}"`, '--group-by', 'day')).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: own.sql: filters, totals and --group-by know the column ${name} as ${lower}: write it so, in lower case.\n`,
      });
    },
  );

  it('is read as UTF-8, with a byte order mark or without, and refused as anything else', async () => {
    const sql = "select 'Müller' as a";
    expect((await ask(`\uFEFF${sql}`)).stdout).toBe('a\nMüller\n');
    for (const encoding of ['latin1', 'utf16le'] as const) {
      const bytes = Buffer.from(encoding === 'utf16le' ? `\uFEFF${sql}` : sql, encoding);
      const stderr = 'error: own.sql: it is not UTF-8 text; save it as UTF-8\n';
      expect(await ask(bytes)).toEqual({ code: 2, stdout: '', stderr });
    }
  });
});

describe('SELECTs that only look dangerous', () => {
  it.each(harmlessSql)('are run: %s', async (sql, rows) => {
    expect(JSON.stringify(await rowsOf(sql))).toBe(rows);
  });

  it('have their days, and their columns’ names, in every format', async () => {
    const path = join(await temporaryFolder(), 'own.sql');
    await writeFile(
      path,
      'select cast($start as varchar) as "from", $end as "to", count(*) as "n ""x""" from charge_days where day >= $start and day < $end; -- ;',
    );
    const count = JSON.stringify(await rowsOf('select count(*) as n from charge_days')).replaceAll(/\D/g, '');
    const ask = (...args: string[]) => runCli(['report', '--sql', path, ...range, ...args], { cwd: folder });
    expect((await ask()).stdout).toBe(`from,to,"n ""x"""\n2026-10-01,2026-10-03,${count}\n`);
    const byDay = await ask('--group-by', 'day', '--format', 'ndjson');
    expect(
      byDay.stdout
        .trim()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line))),
    ).toEqual(Array(2).fill(['day', 'from', 'to', 'n "x"']));
    for (const format of ['json', 'md', 'xlsx', 'parquet'])
      expect((await ask('--format', format, '--output', join(cage, `x.${format}`))).code, format).toBe(0);
    expect((await filesBelow(cage)).length).toBe(5);
    expect(await readFile(canary, 'utf8')).toContain(secret);
  });
});

describe('a sealed database', () => {
  it('still writes what memory does not hold to its own folder', async () => {
    const { Database: Opened } = await import('../../src/adapters/duckdb.js');
    const own = await temporaryFolder();
    const database = await Opened.open(':memory:', { memoryMb: 48, temporaryFolder: own, threads: 1 });
    try {
      await database.seal([]);
      await database.run('t', 'create temp table t as select range as i, md5(range::varchar) as x from range(2000000)');
      const [[count] = []] = await database.texts('t', 'select count(distinct x) from (select x from t order by x)');
      expect(count).toBe('2000000');
      expect((await readdir(own)).length, 'it was written aside').toBeGreaterThan(0);
    } finally {
      database.close();
    }
  });
});

async function run(ledger: Database, sql: string): Promise<string> {
  return ledger.texts('raw', sql).then(
    (rows) => JSON.stringify(rows),
    (error: unknown) => String(error),
  );
}
