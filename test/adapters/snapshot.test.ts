import { chmod, cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TextRow } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { openSnapshot, takeSnapshot } from '../../src/adapters/snapshot.js';
import { Store } from '../../src/adapters/store.js';
import { StorageError } from '../../src/domain/errors.js';
import { queryNamed } from '../../src/domain/query.js';
import { ask } from '../../src/pipeline/asking.js';
import { runCli } from '../support/cli.js';
import { Draw } from '../support/draw.js';
import {
  configFor,
  dataFolderOf,
  republish,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 431, accounts: 3, records: 600, from: '2026-10-01', to: '2026-10-03' };
const seed = Number(process.env.SUBLEDGER_TEST_SEED ?? 432);
const flips = Number(process.env.SUBLEDGER_TEST_FLIPS ?? 60);

const queries = await loadQueries();
const seeds = await seedFiles();
const folder = suiteFolder();
const data = dataFolderOf(folder);
let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
});
afterAll(() => simulator.stop());

const snapshotOf = (dataFolder: string): string => join(dataFolder, 'snapshot.duckdb');
const signal = new AbortController().signal;
const reports = ['customer_cost', 'line_items', 'completeness', 'reconciliation', 'control_totals'];

/** Every row of some reports that between them read most of the tables; undefined where the snapshot cannot be used. */
async function everyRow(dataFolder: string): Promise<string | undefined> {
  const snapshot = await openSnapshot(dataFolder, queries, seeds);
  if (snapshot === undefined) return undefined;
  try {
    const config = configFor(simulator, folder, world);
    const wish = { groupBy: undefined, filters: { customers: [], accounts: [], currencies: [] } };
    const wanted = reports.map((name) => queryNamed(queries, name));
    const all: TextRow[] = [];
    for await (const { rows } of ask({ ledger: snapshot.ledger, queries }, config, wish, wanted, [], { signal }))
      for await (const chunk of rows()) all.push(...chunk);
    return JSON.stringify(all);
  } finally {
    await snapshot.close();
  }
}

async function openStore(dataFolder: string): Promise<Store> {
  const store = await Store.open(dataFolder, { command: 'test', at: '2026-11-01T00:00:00.000Z', pid: process.pid });
  onTestFinished(() => store.close());
  return store;
}

async function copyOfData(): Promise<string> {
  const own = join(await temporaryFolder(), 'data');
  await cp(data, own, { recursive: true });
  return own;
}

describe('takeSnapshot', () => {
  it('leaves the lock where it is: another process is sent away before and after', async () => {
    const own = await copyOfData();
    await rm(snapshotOf(own));
    const store = await openStore(own);
    const write = async (): Promise<number | null> =>
      (await runCli(['report', '--month', '2026-10', '--data-dir', own, '--output-dir', join(own, 'out')])).code;
    expect(await write()).toBe(5);
    await takeSnapshot(store);
    expect((await stat(snapshotOf(own))).size).toBeGreaterThan(0);
    expect(await write()).toBe(5);
    // Also where the one that stood there was opened, and found to be the same.
    await takeSnapshot(store);
    expect(await write()).toBe(5);
    // And the ledger can still be written to.
    await store.ledger.run('test', 'create table still_open as select 1 as x');
  });

  it('copies in a process that is given no environment', async () => {
    const own = await copyOfData();
    await rm(snapshotOf(own));
    const [node, told] = [join(own, 'node'), join(own, 'told')];
    await writeFile(node, `#!/bin/sh\nenv > "${told}"\nexec "${process.execPath}" "$@"\n`);
    await chmod(node, 0o700);
    const store = await openStore(own);
    const [real, token] = [process.execPath, process.env.TWILIO_AUTH_TOKEN];
    process.execPath = node;
    syncBuiltinESMExports();
    process.env.TWILIO_AUTH_TOKEN = 'a-secret';
    try {
      await takeSnapshot(store);
    } finally {
      process.execPath = real;
      syncBuiltinESMExports();
      if (token === undefined) delete process.env.TWILIO_AUTH_TOKEN;
      else process.env.TWILIO_AUTH_TOKEN = token;
    }
    expect((await stat(snapshotOf(own))).size).toBeGreaterThan(0);
    // What the shell itself sets.
    const names = (await readFile(told, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))).toEqual([]);
  });

  it('copies nothing where the snapshot holds the same, and writes it for its owner only', async () => {
    const own = await copyOfData();
    const store = await openStore(own);
    const { ino, mode } = await stat(snapshotOf(own));
    await takeSnapshot(store);
    expect((await stat(snapshotOf(own))).ino).toBe(ino);
    expect(mode & 0o777).toBe(0o600);
    await rm(snapshotOf(own));
    await writeFile(`${snapshotOf(own)}.part`, 'what a killed process left', { mode: 0o644 });
    await takeSnapshot(store);
    expect((await stat(snapshotOf(own))).mode & 0o777).toBe(0o600);
    expect((await readdir(own)).filter((name) => name.includes('.part'))).toEqual([]);
    expect(await everyRow(own)).toBe(await everyRow(data));
  });

  it('replaces the snapshot of another ledger, though that has as many lines', async () => {
    const own = await temporaryFolder();
    const other = await startSimulatorHere({ ...world, seed: 433 });
    try {
      await runPipeline(configFor(other, own, world));
      const right = await everyRow(dataFolderOf(own));
      await cp(snapshotOf(data), snapshotOf(dataFolderOf(own)), { force: true });
      expect(await everyRow(dataFolderOf(own)), 'the other one is another').not.toBe(right);
      await republish(configFor(other, own, world));
      expect(await everyRow(dataFolderOf(own))).toBe(right);
    } finally {
      await other.stop();
    }
  });

  it('removes the folders of readers that were killed a day ago, and no other', async () => {
    const own = await copyOfData();
    await rm(snapshotOf(own));
    for (const name of ['reader-old', 'reader-young']) {
      await mkdir(join(own, 'readers', name), { recursive: true });
      await writeFile(join(own, 'readers', name, 'spilled'), 'x');
    }
    const aDayAgo = Date.now() / 1000 - 25 * 3600;
    await utimes(join(own, 'readers', 'reader-old'), aDayAgo, aDayAgo);
    await takeSnapshot(await openStore(own));
    expect(await readdir(join(own, 'readers'))).toEqual(['reader-young']);
  });

  it('tells that it cannot be written, and leaves what stood there', async () => {
    const own = await copyOfData();
    const store = await openStore(own);
    await store.ledger.run('tasks', "update tasks set started_at = timestamp '2020-01-01'");
    const before = await readFile(snapshotOf(own));
    await mkdir(`${snapshotOf(own)}.part`);
    await expect(takeSnapshot(store)).rejects.toThrow(StorageError);
    expect((await readFile(snapshotOf(own))).equals(before)).toBe(true);
  });
});

describe('openSnapshot', () => {
  it('leaves alone what queries of another version made', async () => {
    const calls = queryNamed(queries, 'calls');
    const others = new Map(queries).set('calls', { ...calls, sql: `${calls.sql}\n-- changed` });
    expect(await openSnapshot(data, others, seeds)).toBeUndefined();
    const report = queryNamed(queries, 'customer_cost');
    const same = new Map(queries).set('customer_cost', { ...report, sql: `${report.sql}\n-- changed` });
    const opened = await openSnapshot(data, same, seeds);
    expect(opened?.run).toBe(1);
    await opened?.close();
    expect(await readdir(join(data, 'readers'))).toEqual([]);
  });

  it('is for reading only', async () => {
    const opened = await openSnapshot(data, queries, seeds);
    await expect(opened?.ledger.run('x', 'delete from snapshot.main.tasks')).rejects.toThrow(/read-only/);
    await opened?.close();
  });

  it(`never gives other rows from damaged bytes: ${flips} times, seed ${seed}`, { timeout: 600_000 }, async () => {
    const draw = new Draw(seed);
    const own = await copyOfData();
    const right = await everyRow(own);
    expect(right?.length).toBeGreaterThan(10_000);
    const sound = await readFile(snapshotOf(own));
    const seen = { refused: 0, failed: 0, same: 0 };
    for (let flip = 0; flip < flips; flip += 1) {
      const bytes = draw.chance(15) ? sound.subarray(0, draw.int(1, sound.length - 1)) : Buffer.from(sound);
      const hits = draw.chance(50) ? 1 : draw.int(1, 200);
      const from = draw.int(0, bytes.length - 1);
      for (let hit = 0; hit < hits && from + hit < bytes.length; hit += 1)
        bytes[from + hit] = (bytes[from + hit] ?? 0) ^ (1 << draw.int(0, 7));
      await writeFile(snapshotOf(own), bytes);
      const rows = await everyRow(own).catch((error: unknown) => {
        expect(error, `flip ${flip} at ${from}`).toBeInstanceOf(StorageError);
        return 'failed' as const;
      });
      if (rows === undefined) seen.refused += 1;
      else if (rows === 'failed') seen.failed += 1;
      else {
        expect(rows === right, `flip ${flip} at byte ${from}, ${hits} of them: other rows`).toBe(true);
        seen.same += 1;
      }
    }
    // Much of the file is of tables that no report reads.
    expect(seen.refused + seen.failed, JSON.stringify(seen)).toBeGreaterThan(flips / 10);
    expect(await readdir(join(own, 'readers'))).toEqual([]);
  });
});
