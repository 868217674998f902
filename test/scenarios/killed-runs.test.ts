import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestLine } from '../../src/domain/manifest.js';
import { environmentFor, type StartedCli, startCli } from '../support/cli.js';
import { dataFolderOf, outputFolderOf, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

/**
 * The built program, killed without warning at moments drawn from a seed. `npm run test:kills` does it 200 times; here a few. Each
 * answer takes long enough that a run lasts some seconds.
 */
const kills = Number(process.env.SUBLEDGER_TEST_KILLS ?? 3);
const seed = Number(process.env.SUBLEDGER_TEST_SEED ?? 201);
const quick = { seed, accounts: 8, records: 12_000, from: '2026-10-01', to: '2026-10-05', latencyMs: 60 };

async function landed(folder: string): Promise<{ pages: number; lines: number }> {
  const text = await readFile(join(dataFolderOf(folder), 'manifest.jsonl'), 'utf8').catch(() => '');
  // The last line may be cut.
  const lines = text.split('\n').slice(0, -1);
  const tasks = lines.flatMap((line) => {
    const entry = JSON.parse(line) as ManifestLine;
    return entry.kind === 'landed' && entry.resource !== 'accounts' ? entry.tasks : [];
  });
  return { pages: tasks.reduce((sum, task) => sum + task.pages, 0), lines: lines.length };
}

function start(
  simulator: SimulatorHandle,
  folder: string,
  world: { from: string; to: string },
  concurrency: number,
): StartedCli {
  const range = ['--from', world.from, '--to', world.to, '--concurrency', String(concurrency)];
  const folders = ['--data-dir', dataFolderOf(folder), '--output-dir', outputFolderOf(folder)];
  return startCli(['run', ...range, ...folders, '--quiet'], { env: environmentFor(simulator) });
}

async function requestsOf(simulator: SimulatorHandle, work: () => Promise<unknown>): Promise<number> {
  await simulator.resetStats();
  await work();
  return (await simulator.stats()).requests;
}

describe(`killed at ${kills} random moments, seed ${seed}`, () => {
  let simulator: SimulatorHandle;
  beforeAll(async () => {
    simulator = await startSimulatorProcess(quick);
  });
  afterAll(() => simulator.stop());

  it(
    'and run again, it ends in the bytes of a run left alone; what was landed is not asked for again',
    async () => {
      const undisturbed = await temporaryFolder();
      const startedMs = performance.now();
      const needed = await requestsOf(simulator, async () => {
        expect((await start(simulator, undisturbed, quick, 4).ended).code).toBe(0);
      });
      const lastsMs = performance.now() - startedMs;
      const hashes = await hashesOf(outputFolderOf(undisturbed));
      let state = seed;
      let repeated = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        const folder = await temporaryFolder();
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
        const atMs = Math.round((lastsMs * state) / 0x8000_0000);
        const first = start(simulator, folder, quick, 4);
        await wait(atMs);
        first.child.kill('SIGKILL');
        await first.ended;
        const there = await landed(folder);
        const asked = await requestsOf(simulator, async () => {
          const { code, stderr } = await start(simulator, folder, quick, 4).ended;
          expect(code, `killed after ${atMs} ms: ${stderr}`).toBe(0);
        });
        expect(await hashesOf(outputFolderOf(folder)), `killed after ${atMs} ms`).toEqual(hashes);
        expect(asked, `killed after ${atMs} ms, ${there.pages} pages landed`).toBeLessThanOrEqual(
          needed - there.pages + 4,
        );
        repeated += Math.max(0, asked - (needed - there.pages));
      }
      process.stderr.write(
        `${kills} kills, ${needed} requests undisturbed, ${repeated} asked for again although landed\n`,
      );
    },
    Math.max(240_000, kills * 60_000),
  );
});

describe('killed in the middle of long lists', () => {
  const long = { seed: 202, accounts: 1, records: 30_000, from: '2026-10-01', to: '2026-10-05', latencyMs: 450 };

  it('goes on at the page behind the last that was landed', async () => {
    const simulator = await startSimulatorProcess({ ...long, profiles: ['mixed', 'one-account'] });
    try {
      const undisturbed = await temporaryFolder();
      const needed = await requestsOf(simulator, async () => {
        expect((await start(simulator, undisturbed, long, 2).ended).code).toBe(0);
      });
      const folder = await temporaryFolder();
      const first = start(simulator, folder, long, 2);
      // Parts of lists that have not ended: the second flush by age holds some of both lists.
      while ((await landed(folder)).pages < 12) {
        expect(first.child.exitCode, 'the run ended before').toBeNull();
        await wait(20);
      }
      first.child.kill('SIGKILL');
      await first.ended;
      const there = await landed(folder);
      const asked = await requestsOf(simulator, async () => {
        expect((await start(simulator, folder, long, 2).ended).code).toBe(0);
      });
      expect(there.pages).toBeGreaterThanOrEqual(12);
      // The page on which a list goes on holds the last second once more; each list may end one page later for that.
      expect(asked).toBeLessThanOrEqual(needed - there.pages + 4);
      expect(await hashesOf(outputFolderOf(folder))).toEqual(await hashesOf(outputFolderOf(undisturbed)));
    } finally {
      await simulator.stop();
    }
  });
});
