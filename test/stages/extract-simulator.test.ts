import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/domain/errors.js';
import type { ReceivedPage, Task } from '../../src/domain/task.js';
import { type ExtractRunOptions, runExtractAt } from '../support/run-extract.js';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';

const window = { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' };
const days = { from: '2026-10-01', to: '2026-11-01' };

let simulator: SimulatorHandle;
let truth: Truth;
beforeAll(async () => {
  simulator = await startSimulatorHere({
    accounts: 12,
    records: 6000,
    from: '2026-09-01',
    to: '2026-11-01',
    concurrencyLimit: 6,
    upperBound: 'inclusive',
  });
  truth = await simulator.truth(days);
});
afterAll(() => simulator.stop());

const run = (tasks: readonly Task[], options: ExtractRunOptions = {}) => {
  const { accountSid, authToken } = simulator;
  const credentials = { accountSid, username: accountSid, password: authToken };
  return runExtractAt(simulator.baseUrl, tasks, { twilio: credentials, ...options });
};

const tasksFor = (accountSids: readonly string[]): Task[] =>
  accountSids.flatMap((accountSid, account) =>
    (['calls', 'messages', 'usage_records'] as const).map((resource, index) => {
      return { number: account * 3 + index + 1, accountSid, resource, window, reason: 'test' };
    }),
  );

/** Rows by account and service, each sid once, those on the window's upper bound left out: they are the next window's. */
function countRows(pages: readonly ReceivedPage[]): Record<string, number> {
  const sids = new Map<string, Set<string>>();
  for (const { task, rows: rowBytes } of pages) {
    if (task.resource === 'usage_records') continue;
    const rows = JSON.parse(rowBytes.json.toString()) as { sid: string; start_time?: string; date_sent?: string }[];
    const key = `${task.accountSid} ${task.resource}`;
    const seen = sids.get(key) ?? new Set();
    for (const row of rows) {
      if (Date.parse(row.start_time ?? row.date_sent ?? '') < Date.parse(window.end)) seen.add(row.sid);
    }
    if (seen.size > 0) sids.set(key, seen);
  }
  return Object.fromEntries([...sids].map(([key, seen]) => [key, seen.size]));
}

function trueCounts(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { account_sid, service, count } of truth.days) {
    const key = `${account_sid} ${service}`;
    counts[key] = (counts[key] ?? 0) + count;
  }
  return counts;
}

describe('against the simulator', () => {
  it('every listed account comes, and every row of the month, whatever goes wrong on the way', async () => {
    const list: Task = {
      number: 1,
      accountSid: simulator.accountSid,
      resource: 'accounts',
      window: undefined,
      reason: 'test',
    };
    const listed = await run([list]);
    const found = listed.accepted
      .flatMap((page) => JSON.parse(page.rows.json.toString()) as { sid: string }[])
      .map(({ sid }) => sid);
    const expected = truth.accounts.filter((account) => account.is_listed).map((account) => account.account_sid);
    expect(found.sort()).toEqual(expected.sort());

    await simulator.setFaults([
      { match: { path: 'Calls', nth: [1, 5] }, action: { reset: 'mid-body' } },
      { match: { path: 'Calls', nth: [3] }, action: { truncate: 100, declare: 'short' } },
      { match: { path: 'Messages', nth: [2, 3] }, action: { status: 503, headers: { 'Retry-After': '2' } } },
      { match: { path: 'Messages', nth: [6] }, action: { replace_body: '<html>', content_type: 'text/html' } },
    ]);
    const accountSids = truth.accounts.map((account) => account.account_sid);
    // Twelve requests against a ceiling of six: the rest are answered with 429, and must come through all the same.
    const { info, accepted } = await run(tasksFor(accountSids), {
      input: { concurrency: 12 },
      random: Math.random,
      // A twentieth of the real waits: without any, eight tries would be over before the ceiling has room.
      sleep: (ms) => wait(ms / 20),
    });
    await simulator.setFaults([]);
    expect(info.failures).toEqual([]);
    expect(info.tasks).toMatchObject({ complete: accountSids.length * 3, failed: 0, refused: 0, unfinished: 0 });
    expect(info.retries).toBeGreaterThanOrEqual(6);
    expect(countRows(accepted)).toEqual(trueCounts());
  });

  it("a main account's key reaches the main account, and is explained on the first subaccount", async () => {
    const key = { accountSid: simulator.accountSid, username: simulator.apiKey, password: simulator.apiSecret };
    const own = await run(tasksFor([simulator.accountSid]), { twilio: key });
    expect(own.info.tasks.complete).toBe(3);
    const others = truth.accounts.map(({ account_sid }) => account_sid).filter((sid) => sid !== simulator.accountSid);
    await simulator.resetStats();
    await expect(run(tasksFor(others), { twilio: key, input: { concurrency: 4 } })).rejects.toBeInstanceOf(ConfigError);
    expect((await simulator.stats()).requests).toBeLessThanOrEqual(4);
  });

  it('a wrong token is a matter of configuration', async () => {
    const wrong = { accountSid: simulator.accountSid, username: simulator.accountSid, password: 'wrong' };
    await expect(run(tasksFor([simulator.accountSid]), { twilio: wrong })).rejects.toBeInstanceOf(ConfigError);
  });
});
