import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TryAgainError } from '../../src/domain/errors.js';
import { ExitCode } from '../../src/domain/exit-code.js';
import type { FaultRule } from '../../src/simulator/faults.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import type { Expectation } from '../support/expected-reports.js';
import { configFor, outputFolderOf, type PipelineRun, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { filesBelow } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

const world = { seed: 171, accounts: 10, records: 6000, from: '2026-10-05', to: '2026-10-08' };
const now = '2026-10-20T00:00:00Z';

let simulator: SimulatorHandle;
let expected: Expectation;
beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
  expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
});
beforeEach(() => simulator.setFaults([]));
afterAll(() => simulator.stop());

async function runUnder(rules: FaultRule[], folder: string): Promise<PipelineRun> {
  await simulator.setFaults(rules);
  return runPipeline(configFor(simulator, folder, world), { now });
}

const html = { body: '<html><body>Bad Gateway</body></html>', content_type: 'text/html' };
const pages = '(Accounts|Calls|Messages|Daily)\\.json';

/** In one run together: every third request meets one of them, most of them twice. */
const bursts: readonly [string, FaultRule['action']][] = [
  ['500', { status: 500, body: { code: 20500, message: 'Internal', more_info: 'x', status: 500 } }],
  ['503 with Retry-After', { status: 503, headers: { 'Retry-After': '2' }, body: 'busy' }],
  ['502 as HTML', { status: 502, ...html }],
  ['429', { status: 429, body: { code: 20429, message: 'Too many', more_info: 'x', status: 429 } }],
  ['a reset before the headers', { reset: 'before-headers' }],
  ['a reset in the middle of the body', { reset: 'mid-body' }],
  ['a body cut short', { truncate: 200 }],
  ['a body cut short that says it is whole', { truncate: 200, declare: 'short' }],
  ['200 as HTML', { ...html, status: 200 }],
  ['200 with half of the JSON', { truncate: -40, declare: 'short' }],
  ['an empty 200', { replace_body: '' }],
];

describe(`bursts of faults, seed ${world.seed}`, () => {
  it('of every kind together leave every figure exact, exit 0', async () => {
    const folder = await temporaryFolder();
    const rules = bursts.map(([, action], index): FaultRule => {
      const first = 1 + 3 * index;
      return { match: { path: pages, nth: [first, first + 35] }, action };
    });
    const run = await runUnder(rules, folder);
    const fired = (await simulator.stats()).faults.map((fault) => fault.fired);
    expect(fired.every((count) => count > 0)).toBe(true);
    expect(run.exitCode).toBe(0);
    expect(run.pulled.extract.retries).toBeGreaterThanOrEqual(bursts.length);
    await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
  });

  it.each([
    ['503', { status: 503, body: 'busy' }],
    ['429', { status: 429, body: { code: 20429, message: 'Too many', more_info: 'x', status: 429 } }],
    ['resets', { reset: 'before-headers' as const }],
  ])('for ever end with 75 where nothing could be pulled: %s', async (_, action) => {
    const folder = await temporaryFolder();
    const failure = await runUnder([{ match: { path: 'Accounts\\.json' }, action }], folder).catch((error) => error);
    expect(failure).toBeInstanceOf(TryAgainError);
    expect(failure.exitCode).toBe(ExitCode.tryAgain);
    expect(failure.message).toMatch(/account list.*tried 8 times/s);
    expect(await filesBelow(outputFolderOf(folder))).toEqual([]);
  });

  it('for ever behind a sound account list end with 75 as well, without asking each window eight times', async () => {
    const folder = await temporaryFolder();
    const failing = { match: { path: '(Calls|Messages|Daily)\\.json' }, action: { status: 503, body: 'busy' } };
    await simulator.resetStats();
    const failure = await runUnder([failing], folder).catch((error) => error);
    expect(failure).toBeInstanceOf(TryAgainError);
    expect(failure.exitCode).toBe(ExitCode.tryAgain);
    expect(await filesBelow(outputFolderOf(folder))).toEqual([]);
    await simulator.setFaults([]);
    expect((await runUnder([], folder)).exitCode).toBe(0);
    await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
  });

  it('for ever on one account leave the others exact, exit 4', async () => {
    const folder = await temporaryFolder();
    const account = expected.truth.days.find((day) => day.account_sid !== simulator.accountSid)?.account_sid ?? '';
    const failing = { match: { path: `${account}/Calls` }, action: { status: 500, body: 'broken' } };
    const run = await runUnder([failing], folder);
    expect(run.exitCode).toBe(4);
    expect(run.pulled.extract.failures.map(({ task, outcome }) => [task.accountSid, task.resource, outcome])).toEqual([
      [account, 'calls', 'failed'],
      [account, 'undated_calls', 'failed'],
    ]);
    await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected, { except: [account] });
  });
});

describe('a ceiling on requests in flight', () => {
  it('below our own concurrency costs time and nothing else', async () => {
    const busy = await startSimulatorProcess({ ...world, concurrencyLimit: 3, latencyMs: 20 });
    try {
      const folder = await temporaryFolder();
      const config = configFor(busy, folder, world, { concurrency: 20, accountConcurrency: 20 });
      const run = await runPipeline(config, { now, sleepShare: 0.1 });
      const { by_status } = await busy.stats();
      expect(by_status['429'], 'the ceiling was met').toBeGreaterThan(0);
      expect(run.exitCode).toBe(0);
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    } finally {
      await busy.stop();
    }
  });
});
