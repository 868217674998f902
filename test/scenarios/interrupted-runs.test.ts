import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, environmentFor, type StartedCli, startCli } from '../support/cli.js';
import {
  configFor,
  dataFolderOf,
  outputFolderOf,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { filesBelow, hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

/** Slow enough that a run can be met in the middle. */
const world = { seed: 181, accounts: 9, records: 2500, from: '2026-10-01', to: '2026-10-04', latencyMs: 150 };

const undisturbed = suiteFolder();
let simulator: SimulatorHandle;
let hashes: Record<string, string>;
beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
  expect((await runPipeline(configFor(simulator, undisturbed, world))).exitCode).toBe(0);
  hashes = await hashesOf(outputFolderOf(undisturbed));
});
afterAll(() => simulator.stop());

function startRun(folder: string, ...flags: string[]): StartedCli {
  const range = ['--from', world.from, '--to', world.to, '--concurrency', '2', ...flags];
  const folders = ['--data-dir', dataFolderOf(folder), '--output-dir', outputFolderOf(folder)];
  return startCli(['run', ...range, ...folders, '--quiet'], { env: environmentFor(simulator) });
}

/** Waits until the run has come so far; it must not have ended before. */
async function until(run: StartedCli, reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) {
    if (run.child.exitCode !== null) throw new Error(`the run ended before: ${(await run.ended).stderr}`);
    await wait(5);
  }
}

const manifestHas = async (folder: string, text: string): Promise<boolean> =>
  (await readFile(join(dataFolderOf(folder), 'manifest.jsonl'), 'utf8').catch(() => '')).includes(text);

async function expectConverged(folder: string): Promise<void> {
  const { exitCode } = await runPipeline(configFor(simulator, folder, world));
  expect(exitCode).toBe(0);
  expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
}

/** Where a run is met: in the middle of the requests, when it has landed, while it publishes. */
const moments = [
  ['in the middle of the requests', async () => (await simulator.stats()).requests >= 15],
  ['when something is landed', (folder: string) => manifestHas(folder, '"resource":"messages"')],
  // The folder is made first, then the reports are worked out and checked: time enough to be met there.
  ['while it publishes', async (folder: string) => existsSync(join(outputFolderOf(folder), '.2026-10.publishing'))],
] as const;

describe(`a run that is killed, seed ${world.seed}`, () => {
  it('three times over in one data folder, each time further, ends in the same bytes as one left alone', async () => {
    const folder = await temporaryFolder();
    for (const [moment, reached] of moments) {
      await simulator.resetStats();
      const run = startRun(folder);
      await until(run, () => reached(folder));
      run.child.kill('SIGKILL');
      expect((await run.ended).code, moment).toBeNull();
    }
    await expectConverged(folder);
  });
});

describe('a run that is told to stop', () => {
  it.each([
    ['SIGTERM', 143, 'at its first request', async () => (await simulator.stats()).requests >= 1],
    ['SIGTERM', 143, ...moments[0]],
    ['SIGTERM', 143, ...moments[2]],
    ['SIGINT', 130, ...moments[0]],
  ] as const)('by %s ends in order with %i %s', async (signal, code, moment, reached) => {
    const folder = await temporaryFolder();
    await simulator.resetStats();
    const run = startRun(folder);
    await until(run, () => reached(folder));
    run.child.kill(signal);
    const result: CliResult = await run.ended;
    expect(result.code).toBe(code);
    expect(result.stderr + result.stdout).not.toMatch(/bug|at .*\.js:\d+/);
    if (moment === moments[2][0]) return;
    expect(await filesBelow(outputFolderOf(folder))).toEqual([]);
    if (signal === 'SIGTERM') await expectConverged(folder);
  });
});

describe('a second run beside the first', () => {
  it('ends with 5, names who holds the folder, and disturbs nothing', async () => {
    const folder = await temporaryFolder();
    await simulator.resetStats();
    const first = startRun(folder);
    await until(first, async () => (await simulator.stats()).requests >= 5);
    const second = await startRun(folder).ended;
    expect(second.code).toBe(5);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toMatch(new RegExp(`subledger run, process ${first.child.pid}\\b`));
    const report = await startRun(folder, '--json').ended;
    expect(report.code).toBe(5);
    expect(JSON.parse(report.stdout)).toMatchObject({ error: { name: 'LockedError', exit_code: 5 } });
    expect((await first.ended).code).toBe(0);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });
});
