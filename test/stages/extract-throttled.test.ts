import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/domain/task.js';
import { runExtractAt } from '../support/run-extract.js';
import { type SimulatorTestOptions, startSimulatorProcess } from '../support/simulator.js';

const window = { start: '2026-09-07T00:00:00Z', end: '2026-09-08T00:00:00Z' };

/** One day of many accounts, below a ceiling. The machine may be busy: bounds are generous, bench/throttled.ts has the exact ones. */
async function runBelow(options: SimulatorTestOptions, input: { concurrency: number; accountConcurrency?: number }) {
  const world = { accounts: 150, records: 3000, from: '2026-09-07', to: '2026-09-08', latencyMs: 50 };
  const simulator = await startSimulatorProcess({ ...world, ...options });
  try {
    const { accountSid, authToken, baseUrl } = simulator;
    const { accounts } = await simulator.truth();
    const tasks = accounts.flatMap(({ account_sid }, index): Task[] =>
      (['calls', 'messages'] as const).map((resource, half) => {
        return { number: index * 2 + half + 1, accountSid: account_sid, resource, window, reason: 'test' };
      }),
    );
    const { info } = await runExtractAt(baseUrl, tasks, {
      twilio: { accountSid, username: accountSid, password: authToken },
      input,
      random: Math.random,
      sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
    });
    return { info, tasks, stats: await simulator.stats() };
  } finally {
    await simulator.stop();
  }
}

describe('below a ceiling of ten', () => {
  it('with others coming and going: everything comes, most of the room is used, few are refused', async () => {
    const otherTraffic = { levels: [2, 3, 4, 5, 6, 5, 4, 3], eachMs: 600 };
    const { info, tasks, stats } = await runBelow({ concurrencyLimit: 10, otherTraffic }, { concurrency: 20 });
    expect(info.tasks).toMatchObject({ complete: tasks.length });
    const { seconds, room_seconds, used_seconds } = stats.room;
    // A tenth of the ceiling is left free.
    expect(used_seconds / (room_seconds - seconds)).toBeGreaterThan(0.6);
    expect((stats.by_status['429'] ?? 0) / stats.requests).toBeLessThan(0.06);
  });

  it('with Retry-After: everything comes', async () => {
    const busy = { concurrencyLimit: 4, retryAfterSeconds: 1, accounts: 20 };
    const { info, tasks, stats } = await runBelow(busy, { concurrency: 20 });
    expect(info.tasks).toMatchObject({ complete: tasks.length });
    expect(stats.by_status['429']).toBeGreaterThan(0);
    expect(stats.by_status['429']).toBeLessThan(20);
  });
});

it('without a ceiling the limit of the operator is reached and kept, over all and for each account', async () => {
  const open = await runBelow({ concurrencyLimit: 0 }, { concurrency: 12, accountConcurrency: 1 });
  expect(open.stats).toMatchObject({ in_flight_max: 12, in_flight_per_account_max: 1, by_status: { 200: 302 } });
});
