import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolderOf, outputFolderOf, type PipelineRun, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { drawWorld, type WorldPlan } from '../support/random-world.js';
import { startSimulatorHere } from '../support/simulator.js';
import { startTwin } from '../support/universe.js';
import { expectClaimsHold, expectLedgerIsLanded, standing } from '../support/world-oracle.js';
import { Story } from '../support/world-story.js';
import { expectComplete, expectMayChange, expectTruth, standStill } from '../support/world-truth.js';

/**
 * Random worlds, pulled by the real pipeline over HTTP while things happen to both. Each world's seed is in its title:
 * `SUBLEDGER_TEST_SEED=<seed> SUBLEDGER_TEST_WORLDS=1` plays it again. `npm run test:worlds` plays 200.
 */
const worlds = Number(process.env.SUBLEDGER_TEST_WORLDS ?? 6);
const firstSeed = Number(process.env.SUBLEDGER_TEST_SEED ?? 1210);
const plans = Array.from({ length: worlds }, (_, index) => drawWorld(firstSeed + index));

/** What the worlds had in them, so that nobody believes in worlds in which nothing happens. */
const had = new Map<string, number>();
const count = (what: string, times = 1): void => void had.set(what, (had.get(what) ?? 0) + times);

describe('the ledger is the truth', () => {
  it.each(plans)('of the world of seed $seed', async (plan) => {
    const simulator = await startSimulatorHere({ ...plan.simulator, now: plan.end });
    const twin = await startTwin(plan);
    try {
      await play(await Story.begin(plan, await temporaryFolder(), simulator, twin));
    } catch (error) {
      process.stderr.write(`${describePlan(plan)}\n`);
      throw error;
    } finally {
      await simulator.stop();
      await twin.stop();
    }
  });

  it.runIf(worlds >= 10)('and the worlds had in them what they are for', () => {
    const text = [...had].map(([what, times]) => `${times} ${what}`).join(', ');
    process.stderr.write(`${worlds} worlds from seed ${firstSeed}: ${text}\n`);
    for (const what of [
      'runs aborted',
      'runs killed',
      'runs gone on with',
      'windows claimed by runs cut off',
      'task_divided',
      'task_restarted',
      'retry',
      'records arrived while paging',
      'records vanished unseen',
      'records vanished after they were seen',
      'records without a date',
      'price changes',
      'worlds across a month’s end',
    ]) {
      expect(had.get(what) ?? 0, what).toBeGreaterThan(0);
    }
  });
});

const describePlan = (plan: WorldPlan): string =>
  `SUBLEDGER_TEST_SEED=${plan.seed} SUBLEDGER_TEST_WORLDS=1 npx vitest run test/properties\n${JSON.stringify(plan)}`;

async function play(story: Story): Promise<void> {
  const { plan } = story;
  let readAt = new Date(story.productMs).toISOString();
  for (const run of plan.runs) {
    const clock = story.clock;
    const done = await story.run(run);
    const claims = await expectClaimsHold(story, standing(story, clock), clock);
    if (done !== undefined) await expectLedgerIsLanded(story.folder);
    if (done === undefined) count(run.end === 'kill' ? 'runs killed' : 'runs aborted');
    if (done === undefined) count('windows claimed by runs cut off', claims);
    const arrived = [...story.universe.values()].filter(({ at }) => at > clock && at <= story.clock);
    count('records arrived while paging', arrived.length);
    // Where there is a ceiling, a page may run out of tries.
    // Usage that changes between two of its pages contradicts itself, until it is read again.
    const expected = run.upsets.length > 0 ? [0, 3] : [0];
    if (plan.simulator.concurrencyLimit === 0 && done !== undefined) expect(expected).toContain(done.exitCode);
    if (done?.exitCode === 0) await expectComplete(story, run);
  }
  // Where nothing changes, going on from what was cut off is as good as reading everything anew.
  if (plan.start === plan.end) {
    expectCalm(await story.calmRun(1));
    count('runs gone on with');
    await expectTruth(story);
  } else {
    await standStill(story);
    readAt = new Date(story.productMs + 13 * 3_600_000).toISOString();
    expectCalm(await story.calmRun(13, { lookBackDays: 10_000 }));
  }
  const hashes = await hashesOf(outputFolderOf(story.folder));
  if (plan.isMadeAnew) await rm(join(dataFolderOf(story.folder), 'subledger.duckdb'));
  if (plan.isMadeAnew) count('ledgers made anew');
  expectCalm(await story.calmRun(1));
  const { log = [] } = await story.simulator.stats(true);
  expect(await hashesOf(outputFolderOf(story.folder)), 'a run more changes no byte').toEqual(hashes);
  const checked = await expectTruth(story);
  for (const { url } of log) expectMayChange(url, checked.truth, readAt, plan.simulator.to);
  count('records vanished unseen', checked.vanishedUnseen);
  count('records vanished after they were seen', checked.vanishedSeen);
  count('records without a date', checked.undated);
  for (const [kind, times] of story.told) count(kind, times);
  count('price changes', checked.priceChanges);
  count('worlds across a month’s end', checked.months.length - 1);
}

function expectCalm(run: PipelineRun): void {
  expect(run.exitCode).toBe(0);
  expect(run.pulled.extract.tasks).toMatchObject({ refused: 0, failed: 0, unfinished: 0 });
}
