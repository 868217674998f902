import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, environmentFor, runCli } from '../support/cli.js';
import { suiteFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 481, accounts: 4, records: 500, from: '2026-10-01', to: '2026-10-04' };
const range = ['--from', world.from, '--to', world.to];

const folder = suiteFolder();
const own = join(folder, 'own');
const published = join(folder, 'output', '2026-10');
let simulator: SimulatorHandle;
const run = (...args: string[]): Promise<CliResult> =>
  runCli(args, { cwd: folder, env: { ...environmentFor(simulator), SUBLEDGER_QUERIES: 'own' } });
const nightly = (): Promise<CliResult> => run('run', ...range, '--look-back', '400', '--quiet');
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await mkdir(own);
  expect((await nightly()).code).toBe(0);
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  await rm(own, { recursive: true });
  await mkdir(own);
});

const sound = (changes: Readonly<Record<string, string>> = {}): string => {
  const header = {
    purpose: 'Days of each account on which it was busy.',
    parameters: '$start DATE inclusive UTC; $end DATE exclusive UTC',
    reads: 'charge_days',
    grain: 'account_sid, currency',
    order: 'account_sid, currency',
    columns: `
--   account_sid  VARCHAR
--   currency     VARCHAR
--   day_count    BIGINT         with a call or message
--   cost         DECIMAL(38,8)  in currency`,
    sql: `select account_sid, currency, count(distinct day) as day_count, sum(cost) as cost
from charge_days where day >= $start and day < $end group by account_sid, currency;
-- that is all;`,
    ...changes,
  };
  const { sql, ...lines } = header;
  return `${Object.entries(lines)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `-- ${key}: ${value}`)
    .join('\n')}\n${sql}\n`;
};
const write = (name: string, text: string): Promise<void> => writeFile(join(own, name), text);

describe('a report of the user’s own', () => {
  it('is listed, told about, run by itself, by day, and published every night with its hash', async () => {
    await write('busy_days.sql', sound());
    await write('notes.txt', 'no report');
    expect((await run('report')).stdout).toMatch(
      /^busy_days +Days of each account on which it was busy\. \[own\/busy_days\.sql\]$/m,
    );
    expect(JSON.parse((await run('report', '--list', '--json')).stdout)).toContainEqual({
      name: 'busy_days',
      purpose: 'Days of each account on which it was busy.',
      published: true,
      file: 'own/busy_days.sql',
    });
    expect((await run('report', 'busy_days', '--help')).stdout).toContain(
      'day_count    BIGINT         with a call or message',
    );
    const alone = await run('report', 'busy_days', ...range);
    expect({ code: alone.code, stderr: alone.stderr }).toEqual({ code: 0, stderr: '' });
    const truth = await simulator.truth(world);
    const keys = new Set(truth.days.map(({ account_sid, currency }) => `${account_sid},${currency ?? ''}`));
    expect(alone.stdout.trim().split('\n')).toHaveLength(1 + keys.size);
    const byDay = await run('report', 'busy_days', ...range, '--group-by', 'day');
    expect(byDay.stdout.split('\n')[0]).toBe('day,account_sid,currency,day_count,cost');
    expect((await nightly()).code).toBe(0);
    const bytes = await readFile(join(published, 'busy_days.csv'));
    expect(bytes.toString()).toBe(alone.stdout);
    const { files } = JSON.parse(await readFile(join(published, 'run.json'), 'utf8'));
    expect(files).toContainEqual({
      file: 'busy_days.csv',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: keys.size,
    });
    // Gone from the folder, gone from the next set.
    await rm(join(own, 'busy_days.sql'));
    expect((await nightly()).code).toBe(0);
    expect(await readdir(published)).not.toContain('busy_days.csv');
  });

  it('may begin with a byte order mark and have lines that end as in Windows; what is not UTF-8 is refused', async () => {
    await write('busy_days.sql', `\uFEFF${sound().replaceAll('\n', '\r\n')}`);
    const { code, stdout } = await run('report', 'busy_days', ...range);
    expect({ code, head: stdout.split('\n')[0] }).toEqual({ code: 0, head: 'account_sid,currency,day_count,cost' });
    await writeFile(join(own, 'busy_days.sql'), Buffer.from(sound({ purpose: 'Müller' }), 'latin1'));
    expect((await run('report')).stderr).toBe('error: own/busy_days.sql: it is not UTF-8 text; save it as UTF-8\n');
  });

  it('may read the reports that are ours, and those that are compared with usage', async () => {
    const columns = '\n--   customer_id  VARCHAR\n--   n            BIGINT';
    const keys = { grain: 'customer_id', order: 'customer_id', columns };
    await write(
      'a.sql',
      sound({ ...keys, sql: 'select customer_id, count(*) as n from report_customer_cost group by customer_id' }),
    );
    await write('b.sql', sound({ ...keys, sql: "select 'all' as customer_id, count(*) as n from reconciled_days" }));
    expect((await nightly()).code).toBe(0);
    const customers = new Set((await readRows(join(published, 'customer_cost.csv'))).map((row) => row.customer_id));
    expect(await readRows(join(published, 'a.csv'))).toHaveLength(customers.size);
    expect(await readRows(join(published, 'b.csv'))).toEqual([
      { customer_id: 'all', n: `${(await readRows(join(published, 'reconciliation.csv'))).length}` },
    ]);
  });

  it.each([
    ['has no header', 'select 1 as x', 'the header has no `-- purpose:`'],
    ['has a header line that nobody knows', sound({ colour: 'red' }), 'header line `colour:` is not known'],
    [
      'answers other columns than its header says',
      sound({ sql: 'select 1 as x' }),
      'the header says account_sid VARCHAR',
    ],
    [
      'answers other types',
      sound({ sql: "select '' as account_sid, '' as currency, 1 as day_count, 1 as cost" }),
      'the query answers account_sid VARCHAR',
    ],
    ['is no SELECT', sound({ sql: 'drop table calls' }), 'it is no SELECT: nothing else is run.'],
    ['is two statements', sound({ sql: 'select 1; select 2' }), '2 statements: one SELECT is wanted'],
    ['reads files', sound({ sql: "select * from read_text('/etc/passwd')" }), 'read_text() is not for reports'],
    [
      'reads a table that is not there',
      sound({ sql: 'select * from nothing' }),
      'there is no table nothing in the ledger',
    ],
    [
      'reads another one of the user’s',
      sound({ sql: 'select * from report_good' }),
      'there is no table report_good in the ledger',
    ],
    ['does not parse', sound({ sql: 'selec 1' }), 'syntax error'],
    [
      'writes currency otherwise, so that its totals would add currencies',
      sound({
        grain: 'account_sid, Currency',
        order: 'account_sid, Currency',
        totals: 'cost',
        columns: '\n--   account_sid  VARCHAR\n--   Currency     VARCHAR\n--   cost         DECIMAL(38,8)',
        sql: 'select account_sid, currency as "Currency", sum(cost) as cost from charge_days group by all',
      }),
      'know the column Currency as currency: write it so, in lower case.',
    ],
  ])('that %s is refused before anything is pulled', async (_what, text, message) => {
    await write('good.sql', sound());
    await write('bad.sql', text);
    const before = await readdir(published);
    await simulator.resetStats();
    const { code, stderr, stdout } = await run('run', ...range, '--look-back', '400');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: own/bad.sql: ');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/good\.sql: /);
    expect((await simulator.stats()).requests).toBe(0);
    expect(await readdir(published)).toEqual(before);
  });

  it.each([
    ['report', ...range],
    ['close', '2026-09'],
    ['report', 'bad', ...range],
  ])('that is not sound ends %s %s, too', async (...args) => {
    await write('bad.sql', sound({ sql: 'select 1 as x' }));
    const before = await readdir(published);
    const { code, stderr, stdout } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: own\/bad\.sql: .*the header says account_sid VARCHAR/);
    expect(await readdir(published)).toEqual(before);
  });

  it('cannot have a name that is taken', async () => {
    const names = ['calls', 'customer_cost', 'days', 'escape_formula', 'findings', 'sql'];
    for (const name of names) await write(`${name}.sql`, sound());
    const { code, stderr } = await run('report', '--list');
    expect({ code, lines: stderr.trim().split('\n') }).toEqual({
      code: 2,
      lines: names.map((name) => `error: own/${name}.sql: the name is taken; rename the file`),
    });
  });

  it('is refused with the others that are wrong, all at once; and so is a folder that is none', async () => {
    await write('Bad-Name.sql', sound());
    await write('empty.sql', '');
    const { code, stderr } = await run('report', '--list');
    expect(code).toBe(2);
    expect(stderr).toContain('own/Bad-Name.sql: the name Bad-Name is not snake_case; rename the file');
    expect(stderr).toContain('own/empty.sql: the header has no `-- purpose:`');
    await writeFile(join(folder, 'file'), '');
    expect((await run('report', '--queries', 'file')).stderr).toContain('error: The folder of queries cannot be read');
    expect((await run('report', '--queries', 'nowhere')).stderr).toContain(
      'error: The folder of queries nowhere does not exist.',
    );
  });
});

describe('a report that fails over the rows of the night, which nobody could know before', () => {
  it.each([
    [
      'a cast',
      sound({
        sql: `${'select account_sid, currency, cast(account_sid as bigint) as day_count, sum(cost) as cost from charge_days group by account_sid, currency'}`,
      }),
      'Conversion Error',
    ],
    [
      'its grain',
      sound({ grain: 'currency', order: 'currency' }),
      'times several rows share one currency, which the header calls the grain',
    ],
  ])(
    'by %s does not cost the set: the rest is published, and the exit code, findings.csv and run.json tell',
    async (_what, text, message) => {
      await write('good.sql', sound());
      await write('fails.sql', text);
      const { code, stdout } = await nightly();
      expect(code).toBe(4);
      expect(stdout).toContain('own_report_broken 1');
      const files = await readdir(published);
      expect(files).toContain('good.csv');
      expect(files).toContain('customer_cost.csv');
      expect(files).not.toContain('fails.csv');
      const [finding] = (await readRows(join(published, 'findings.csv'))).filter(
        (row) => row.check === 'own_report_broken',
      );
      expect(finding).toMatchObject({ severity: 'warn', subject: 'fails' });
      expect(finding?.detail).toMatch(/^own\/fails\.sql: /);
      expect(finding?.detail).toContain(message);
      expect(JSON.parse(await readFile(join(published, 'run.json'), 'utf8')).findings.own_report_broken).toBe(1);
      // By itself it is the user's error.
      const alone = await run('report', 'fails', ...range, '--output', 'x.csv');
      expect({ code: alone.code, stdout: alone.stdout }).toEqual({ code: 2, stdout: '' });
      expect(alone.stderr).toContain('error: own/fails.sql: ');
      expect(await readdir(folder)).not.toContain('x.csv');
    },
  );
});

describe('the SQL of the user’s', () => {
  it('is not run by commands that only read: reconcile and status reach nothing through it', async () => {
    await writeFile(join(folder, 'canary'), 'canary');
    await write(
      'spy.sql',
      sound({
        sql: "select content as account_sid, '' as currency, 1::bigint as day_count, 1::decimal(38,8) as cost from read_text('canary')",
      }),
    );
    for (const args of [['reconcile', ...range], ['status']]) {
      const { code, stdout, stderr } = await run(...args);
      expect({ args, code }).toEqual({ args, code: 0 });
      expect(stdout + stderr).not.toContain('spy');
    }
  });
});
