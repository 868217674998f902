import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

/** One account with nearly everything, in three days: some 25 pages of calls and as many of messages. */
const world = {
  accounts: 3,
  records: 40_000,
  from: '2026-10-05',
  to: '2026-10-08',
} as const;
const now = '2026-10-20T00:00:00Z';
const pageRows = 1000;

const simulators: SimulatorHandle[] = [];
afterAll(() => Promise.all(simulators.map((simulator) => simulator.stop())));

async function simulate(seed: number, upperBound: 'exclusive' | 'inclusive'): Promise<SimulatorHandle> {
  const simulator = await startSimulatorProcess({
    ...world,
    profiles: ['mixed', 'one-account'],
    seed,
    upperBound,
    latencyMs: 5,
  });
  simulators.push(simulator);
  return simulator;
}

describe('one big account', () => {
  it.each([
    [191, 'exclusive'],
    [192, 'inclusive'],
  ] as const)('is divided by time and loses nothing, seed %i, upper bound %s', async (seed, upperBound) => {
    const simulator = await simulate(seed, upperBound);
    const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
    const hashes: Record<string, string>[] = [];
    for (const concurrency of [1, 24]) {
      const folder = await temporaryFolder();
      await simulator.resetStats();
      const limits = { concurrency, accountConcurrency: concurrency, undatedPages: 60 };
      const config = configFor(simulator, folder, world, limits);
      const run = await runPipeline(config, { now });
      const divided = run.events.filter((event) => event.kind === 'task_divided').length;
      expect(run.exitCode).toBe(0);
      expect(run.pulled.extract.tasks).toMatchObject({ refused: 0, failed: 0, unfinished: 0 });
      if (concurrency === 1) expect(divided).toBe(0);
      if (concurrency === 24) expect(divided).toBeGreaterThanOrEqual(4);
      // The parts cost about a page each, and nothing else is asked for twice.
      const lists = 4 * 3 + 2;
      const undated = run.events.filter(
        (event) => event.kind === 'request_started' && event.task.resource.startsWith('undated_'),
      ).length;
      const pages = Math.ceil(run.pulled.extract.rows / pageRows);
      expect((await simulator.stats()).requests).toBeLessThanOrEqual(pages + lists + 2 * divided + undated);
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
      hashes.push(await hashesOf(outputFolderOf(folder)));
    }
    expect(hashes[1]).toEqual(hashes[0]);
  });
});
