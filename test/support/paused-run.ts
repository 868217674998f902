import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { environmentFor, type StartedCli, startCli } from './cli.js';
import type { SimulatorHandle } from './simulator.js';

/** Longer than anything that is done meanwhile. */
const pauseMs = 600_000;

/** The nightly job of the built program, in the middle of a request that is not answered: it holds the data folder. */
export async function pausedRun(
  simulator: SimulatorHandle,
  folder: string,
  range: readonly string[],
): Promise<StartedCli> {
  await simulator.setFaults([{ match: { path: '/Calls' }, action: { delay_ms: pauseMs } }]);
  await simulator.resetStats();
  const run = startCli(['run', ...range, '--look-back', '400', '--quiet'], {
    cwd: folder,
    env: environmentFor(simulator),
  });
  while ((await simulator.stats()).faults.every(({ fired }) => fired === 0)) {
    expect(run.child.exitCode, 'the run ended before it was paused').toBeNull();
    await wait(20);
  }
  return run;
}

export async function kill(run: StartedCli): Promise<void> {
  run.child.kill('SIGKILL');
  await run.ended;
}
