import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { startSimulatorHere, type Truth } from '../support/simulator.js';

const world = { seed: 141, accounts: 6, records: 3500, from: '2026-09-20', to: '2026-10-12' };
const soon = '2026-10-12T03:00:00Z';

/** `AC… calls 2026-10-05..2026-10-12`: what a request of the log asks for. */
function windowOf(url: string): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const account = /Accounts\/(AC\w+)\//.exec(pathname)?.[1];
  const day = (name: string): string => (searchParams.get(name) ?? '').slice(0, 10);
  const [, list] = /(Calls|Messages)\.json$/.exec(pathname) ?? [];
  if (list !== undefined && !/(StartTime|DateSent)/.test(url)) return `${account} undated_${list.toLowerCase()}`;
  if (pathname.endsWith('/Calls.json')) return `${account} calls ${day('StartTime>')}..${day('StartTime<')}`;
  if (pathname.endsWith('/Messages.json')) return `${account} messages ${day('DateSent>')}..${day('DateSent<')}`;
  if (!pathname.endsWith('/Daily.json')) return undefined;
  const whose = searchParams.get('IncludeSubaccounts') === 'true' ? 'consolidated_usage_records' : 'usage_records';
  return `${account} ${whose} ${day('StartDate')}..${addDays(day('EndDate'), 1)}`;
}

const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * What may still change: the days from `open` on, and older days that hold a record without a price, with the usage that
 * counts it. Days next to each other are one window.
 */
function dueWindows(truth: Truth, open: string): string[] {
  const due = new Map<string, Set<string>>();
  const add = (account: string, resource: string, day: string): void => {
    const days = due.get(`${account} ${resource}`) ?? new Set();
    due.set(`${account} ${resource}`, days.add(day));
  };
  for (const { account_sid } of truth.accounts) {
    for (const resource of ['calls', 'messages', 'usage_records']) {
      for (let day = open; day < world.to; day = addDays(day, 1)) add(account_sid, resource, day);
    }
  }
  const main = truth.accounts.find((one) => one.account_sid === one.owner_account_sid)?.account_sid ?? '';
  for (let day = open; day < world.to; day = addDays(day, 1)) add(main, 'consolidated_usage_records', day);
  for (const { account_sid, service, day } of truth.unpriced) {
    add(account_sid, service, day);
    add(account_sid, 'usage_records', day);
    add(main, 'consolidated_usage_records', day);
  }
  // A list without date filter is read as far back as any day is due.
  const undated = open < world.to ? ['undated_calls', 'undated_messages'] : [];
  const lists = truth.accounts.flatMap(({ account_sid }) => undated.map((list) => `${account_sid} ${list}`));
  const windows = [...due].flatMap(([key, set]) => {
    const days = [...set].sort();
    const starts = days.filter((day) => !set.has(addDays(day, -1)));
    const ends = days.filter((day) => !set.has(addDays(day, 1)));
    return starts.map((start, index) => `${key} ${start}..${addDays(ends[index] ?? '', 1)}`);
  });
  return [...windows, ...lists];
}

describe(`a second run, seed ${world.seed}`, () => {
  it('asks only for what may still change, and publishes the same bytes where nothing did', async () => {
    const simulator = await startSimulatorHere({ ...world, now: soon });
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, world);
      await runPipeline(config, { now: soon });
      const first = await hashesOf(outputFolderOf(folder));
      const expected = await truthNow(simulator, world);
      const older = expected.truth.unpriced.filter(({ day }) => day < '2026-10-05');
      expect(older.length, 'some days are due for their unpriced records alone').toBeGreaterThan(2);

      await simulator.resetStats();
      const second = await runPipeline(config, { now: '2026-10-12T05:00:00Z' });
      const { log = [] } = await simulator.stats(true);
      const asked = log.map(({ url }) => windowOf(url)).filter((window) => window !== undefined);
      // Seven days back from the first run: what is older than that was read when it was settled.
      expect(asked.sort()).toEqual(dueWindows(expected.truth, '2026-10-05').sort());
      expect(second.months.map(({ changed }) => changed)).toEqual([false, false]);
      expect(await hashesOf(outputFolderOf(folder))).toEqual(first);
      for (const { month } of second.months) {
        await expectMonthIsTruth(join(outputFolderOf(folder), month), { ...expected, month });
      }

      // Ten days later the last week has settled too, once it was read again.
      await runPipeline(config, { now: '2026-10-22T05:00:00Z' });
      await simulator.resetStats();
      await runPipeline(config, { now: '2026-10-22T06:00:00Z' });
      const { log: later = [] } = await simulator.stats(true);
      const askedLater = later.map(({ url }) => windowOf(url)).filter((window) => window !== undefined);
      // A price that has not come within thirty days is not waited for any longer.
      const waiting = expected.truth.unpriced.filter(({ day }) => day >= '2026-09-22');
      const due = dueWindows({ ...expected.truth, unpriced: waiting }, world.to);
      expect(askedLater.sort()).toEqual(due.sort());
      expect(await hashesOf(outputFolderOf(folder))).toEqual(first);
    } finally {
      await simulator.stop();
    }
  });
});
