import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, cliPath, environmentFor, runCli, startCli } from '../support/cli.js';
import { kill, pausedRun } from '../support/paused-run.js';
import {
  configFor,
  dataFolderOf,
  outputFolderOf,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 421, accounts: 4, records: 4000, from: '2026-10-01', to: '2026-10-04' };
const range = ['--from', world.from, '--to', world.to];
/** One run more than the pipeline, and what it reads again. */
const note =
  /^note: another run holds data: subledger run, process \d+, since \S+\. What follows is of the ledger as it was after run 1\.$/m;

const folder = suiteFolder();
let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
});
afterAll(() => simulator.stop());

const published = (name: string): Promise<string> => readFile(join(outputFolderOf(folder), '2026-10', name), 'utf8');
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });

/** A data folder of this test's own, with what the pipeline left. */
async function copyOfFolder(): Promise<string> {
  const own = await temporaryFolder();
  await cp(folder, own, { recursive: true });
  return own;
}

describe('while a run holds the data folder', () => {
  it('report, status and reconcile answer from what was published last, several at once, and say so', async () => {
    const own = await copyOfFolder();
    const nightly = await pausedRun(simulator, own, range);
    try {
      const ask = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: own });
      const [cost, account, status, reconciled, lines] = await Promise.all([
        ask('report', 'customer_cost', ...range, '--quiet'),
        ask('report', 'account_cost', ...range),
        ask('status', '--json'),
        ask('reconcile', ...range, '--json'),
        ask('report', 'line_items', ...range, '--format', 'ndjson'),
      ]);
      for (const { code, stderr } of [cost, account, status, reconciled, lines]) {
        expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(note) });
      }
      expect(cost.stdout).toBe(await published('customer_cost.csv'));
      expect(account.stdout).toBe(await published('account_cost.csv'));
      const known = JSON.parse(status.stdout);
      expect(known.as_of_run).toBe(1);
      expect(
        known.runs.map((one: { run: number; finished_at?: string }) => [one.run, one.finished_at === undefined]),
      ).toEqual([
        [1, false],
        [2, true],
      ]);
      expect(JSON.parse(reconciled.stdout).months[0].reconciliation).toBe(
        JSON.parse(await published('run.json')).reconciliation,
      );
      const truth = await simulator.truth(world);
      expect(lines.stdout.trim().split('\n')).toHaveLength(truth.days.reduce((sum, { count }) => sum + count, 0));
      // The lock is the run's still: who wants to write is sent away.
      expect((await ask('report', ...range)).code).toBe(5);
      expect(nightly.child.exitCode).toBeNull();
    } finally {
      await kill(nightly);
      await simulator.setFaults([]);
    }
  });

  it('and nothing was published yet, a report ends with 5 and says that there is nothing to read', async () => {
    const own = await copyOfFolder();
    await rm(join(dataFolderOf(own), 'snapshot.duckdb'));
    const nightly = await pausedRun(simulator, own, range);
    try {
      const { code, stderr, stdout } = await runCli(['report', 'customer_cost', ...range, '--json'], { cwd: own });
      expect(code).toBe(5);
      expect(stderr).toMatch(
        /^error: another run holds data: subledger run, process \d+, .* There is no snapshot to read beside it\.$/m,
      );
      expect(JSON.parse(stdout)).toMatchObject({ error: { name: 'LockedError' } });
      // A damaged one is none.
      await writeFile(join(dataFolderOf(own), 'snapshot.duckdb'), 'this is no database');
      expect((await runCli(['report', 'customer_cost', ...range], { cwd: own })).code).toBe(5);
    } finally {
      await kill(nightly);
      await simulator.setFaults([]);
    }
  });
});

describe('while somebody reads', () => {
  it('a nightly run is not hindered, and what is read is of the snapshot that was opened', async () => {
    const own = await copyOfFolder();
    const before = await runCli(['report', 'line_items', ...range, '--format', 'ndjson'], { cwd: own });
    const { PATH = '', HOME = '' } = process.env;
    const reading = spawn(process.execPath, [cliPath, 'report', 'line_items', ...range, '--format', 'ndjson'], {
      cwd: own,
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Nobody takes what it writes: it stands still in the middle of its rows.
    const ended = new Promise<number | null>((resolve) => reading.once('exit', resolve));
    const readers = join(dataFolderOf(own), 'readers');
    while ((await readdir(readers).catch(() => [])).length === 0) await wait(20);
    await wait(1500);
    const { ino } = await stat(join(dataFolderOf(own), 'snapshot.duckdb'));
    const nightly = await runCli(['run', ...range, '--look-back', '400', '--quiet'], {
      cwd: own,
      env: environmentFor(simulator),
    });
    expect({ code: nightly.code, stderr: nightly.stderr }).toEqual({ code: 0, stderr: '' });
    expect((await stat(join(dataFolderOf(own), 'snapshot.duckdb'))).ino, 'replaced').not.toBe(ino);
    expect(reading.exitCode, 'it has read all of it before: more rows are needed').toBeNull();
    expect(await text(reading.stdout)).toBe(before.stdout);
    expect(await ended).toBe(0);
    expect(await readdir(readers)).toEqual([]);
  });

  it('it may stop reading, as head does', async () => {
    const { PATH = '', HOME = '' } = process.env;
    for (const format of ['csv', 'ndjson', 'json', 'md', 'parquet']) {
      const command = `"${process.execPath}" "${cliPath}" report line_items ${range.join(' ')} --format ${format} | head -c 100`;
      const shell = spawn('bash', ['-c', `set -o pipefail; ${command}`], { cwd: folder, env: { PATH, HOME } });
      const [out, err] = [text(shell.stdout), text(shell.stderr)];
      const code = await new Promise((resolve) => shell.once('exit', resolve));
      expect({ format, code, err: await err }).toEqual({ format, code: 0, err: '' });
      expect((await out).length).toBeGreaterThan(0);
    }
  });
});

describe('what is landed and not loaded', () => {
  it('is loaded before it is read; the folder is free again then', async () => {
    const own = await copyOfFolder();
    const days = ['--from', '2026-10-02', '--to', world.to];
    const env = environmentFor(simulator);
    expect((await runCli(['extract', ...days, '--look-back', '400', '--quiet'], { cwd: own, env })).code).toBe(0);
    expect(JSON.parse((await runCli(['status', '--json'], { cwd: own })).stdout).as_of_run).toBe(2);
    const { code, stdout, stderr } = await runCli(['report', 'customer_cost', ...range, '--quiet'], { cwd: own });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(await published('customer_cost.csv'));
    expect((await readdir(dataFolderOf(own))).sort()).not.toContain('holder.json');
  });
});

describe('a snapshot that cannot be used', () => {
  it.each([
    ['is damaged where it begins', (bytes: Buffer) => bytes.fill(0xff, 0, 8192)],
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 3)],
    ['is empty', () => Buffer.alloc(0)],
    ['is no database', () => Buffer.from('account_sid,cost\n')],
  ])('because it %s is taken anew', async (_why, spoil) => {
    const own = await copyOfFolder();
    const path = join(dataFolderOf(own), 'snapshot.duckdb');
    await writeFile(path, spoil(await readFile(path)));
    const { code, stdout } = await runCli(['report', 'customer_cost', ...range], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 0, stdout: await published('customer_cost.csv') });
    expect(await readdir(join(dataFolderOf(own), 'readers'))).toEqual([]);
  });

  it('because other queries made it is taken anew', async () => {
    const own = await copyOfFolder();
    const { Database } = await import('../../src/adapters/duckdb.js');
    const path = join(dataFolderOf(own), 'snapshot.duckdb');
    const other = await Database.open(path, { memoryMb: 256, temporaryFolder: '' });
    await other.run('ledger_version', "update ledger_version set fingerprint = 'another'");
    await other.run('charge_days', 'delete from charge_routes');
    await other.run('charge_days', 'delete from charge_families');
    other.close();
    const { code, stdout } = await runCli(['report', 'customer_cost', ...range], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 0, stdout: await published('customer_cost.csv') });
  });

  it('because the manifest has lost lines that it holds is an error', async () => {
    const own = await copyOfFolder();
    const path = join(dataFolderOf(own), 'manifest.jsonl');
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${lines.slice(0, -4).join('\n')}\n`);
    const { code, stderr, stdout } = await runCli(['report', 'customer_cost', ...range], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(
      /^error: the snapshot of the ledger holds line \d+ of data\/manifest\.jsonl, .*lines are missing\. Restore/m,
    );
  });
});

describe('who may read', () => {
  it('is the owner only: files 0600, folders 0700, whatever the mask', async () => {
    const own = await temporaryFolder();
    const command = `umask 000; exec "${process.execPath}" "${cliPath}" run ${range.join(' ')} --quiet`;
    const { PATH = '', HOME = '' } = process.env;
    const shell = spawn('bash', ['-c', command], { cwd: own, env: { PATH, HOME, ...environmentFor(simulator) } });
    expect(await new Promise((resolve) => shell.once('exit', resolve))).toBe(0);
    expect((await runCli(['report', 'customer_cost', ...range, '--output', 'x/y.xlsx'], { cwd: own })).code).toBe(0);
    const modes = async (path: string): Promise<string> => ((await stat(join(own, path))).mode & 0o777).toString(8);
    expect(await modes('data/snapshot.duckdb')).toBe('600');
    expect(await modes('data/readers')).toBe('700');
    expect(await modes('x')).toBe('700');
    expect(await modes('x/y.xlsx')).toBe('600');
  });

  it('needs to write to the data folder: where it may not, that is told', async () => {
    const own = await copyOfFolder();
    const data = dataFolderOf(own);
    // A file in the place of the folder: permissions would stop everybody but root.
    await rm(join(data, 'readers'), { recursive: true, force: true });
    await writeFile(join(data, 'readers'), '');
    const { code, stdout, stderr } = await runCli(['report', 'customer_cost', ...range], { cwd: own });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr.split('\n')[0]).toMatch(
      /^error: cannot make the folder data\/readers: EEXIST: .*Check the folder and its permissions\.$/,
    );
  });
});

describe('a report that is stopped', () => {
  it('by a signal leaves no file and no folder behind', async () => {
    const own = await copyOfFolder();
    await mkdir(join(own, 'out'));
    const days = ['--from', '2008-01-01', '--to', '2026-10-04', '--group-by', 'day', '--output', 'out/'];
    const started = startCli(['report', 'customer_cost', ...days], { cwd: own });
    const readers = join(dataFolderOf(own), 'readers');
    while ((await readdir(readers).catch(() => [])).length === 0) await wait(20);
    await wait(500);
    started.child.kill('SIGTERM');
    const { code, stderr, stdout } = await started.ended;
    expect({ code, stdout }).toEqual({ code: 143, stdout: '' });
    expect(stderr).toContain('stopped by a signal');
    expect(await readdir(join(own, 'out'))).toEqual([]);
    expect(await readdir(readers)).toEqual([]);
  });
});

describe('the ledger', () => {
  it('is not changed by one byte by whoever reads', async () => {
    const digest = async (): Promise<string[]> =>
      Promise.all(
        ['subledger.duckdb', 'snapshot.duckdb', 'manifest.jsonl'].map(async (name) =>
          createHash('sha256')
            .update(await readFile(join(dataFolderOf(folder), name)))
            .digest('hex'),
        ),
      );
    const before = await digest();
    for (const args of [['status'], ['reconcile', ...range], ['report', 'customer_cost', ...range], ['report']])
      expect((await run(...args)).code, args.join(' ')).toBe(0);
    expect(await digest()).toEqual(before);
  });
});
