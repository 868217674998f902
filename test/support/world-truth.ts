import { join } from 'node:path';
import { expect } from 'vitest';
import { expectMonthIsTruth, truthNow } from './expect-truth.js';
import { outputFolderOf } from './pipeline-run.js';
import { readRows } from './published.js';
import type { Days } from './random-world.js';
import type { Truth } from './simulator.js';
import { categoriesOf } from './simulator-records.js';
import { unitsOfPlain } from './units.js';
import { recordsOf } from './universe.js';
import { expectedPriceChanges, ledgerRecords, newestOf, type Observation, observationsOf } from './world-oracle.js';
import type { Story } from './world-story.js';

const dayMs = 86_400_000;
const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The newest observations of the records that are deleted by now. */
const vanishedAndSeen = (story: Story, observations: readonly Observation[]): Observation[] =>
  [...newestOf(observations).values()].filter(({ sid }) => story.fates.get(sid)?.deleted === true);

/** Nothing changes any more. What vanished after it was seen keeps the price with which it was seen last. */
export async function standStill(story: Story): Promise<void> {
  await story.simulator.setClock(story.plan.end);
  const seen = vanishedAndSeen(story, await observationsOf(story.folder));
  await expectPricesWereGiven(story, seen);
  await story.simulator.changeRecords(seen.map(({ sid, price }) => ({ sid, price, deleted: true })));
}

/** A record has been seen at a price that it had at one of the clocks of the story, or that it was given. */
async function expectPricesWereGiven(story: Story, seen: readonly Observation[]): Promise<void> {
  if (seen.length === 0) return;
  const plain = (price: unknown): bigint | null => (typeof price === 'string' ? unitsOfPlain(price) : null);
  const given = new Map(seen.map(({ sid }) => [sid, (story.fates.get(sid)?.prices ?? []).map(plain)]));
  for (const clock of new Set(story.clocks)) {
    await story.twin.setClock(clock);
    for (const { sid, row } of (await recordsOf(story.twin)).values()) given.get(sid)?.push(plain(row.price));
  }
  for (const { sid, price } of seen) expect(given.get(sid), `prices of ${sid}`).toContain(plain(price));
}

export interface Checked {
  readonly truth: Truth;
  readonly months: readonly string[];
  readonly vanishedSeen: number;
  readonly vanishedUnseen: number;
  readonly undated: number;
  readonly priceChanges: number;
}

/**
 * Every published figure is the simulator's truth, in which what vanished after it was seen is put back for a moment. What
 * vanished before anybody saw it is in no figure and not in the ledger, and no record is there twice.
 */
export async function expectTruth(story: Story): Promise<Checked> {
  const { simulator, folder, universe, plan } = story;
  const observations = await observationsOf(folder);
  const seen = vanishedAndSeen(story, observations);
  const seenSids = new Set(seen.map(({ sid }) => sid));
  const unseen = [...story.fates].filter(([sid, { deleted }]) => deleted && !seenSids.has(sid));
  await simulator.changeRecords(seen.map(({ sid }) => ({ sid, deleted: false })));
  // Of the simulator itself, a page holds only some of the categories.
  const categoriesCount = await categoriesOf(story.twin, plan.simulator.from);
  const now = { ...(await truthNow(simulator, plan.simulator)), categoriesCount };
  await simulator.changeRecords(seen.map(({ sid }) => ({ sid, deleted: true })));
  const months = monthsOf(plan.simulator);
  let [told, priceChanges] = [0, 0];
  for (const month of months) {
    const monthFolder = join(outputFolderOf(folder), month);
    const changes = expectedPriceChanges(observations, now.truth, month);
    priceChanges += changes.length;
    // Usage keeps what vanished before anybody saw it: test/properties/reconciliation.test.ts has its amounts.
    const uncompared = [...new Set(unseen.map(([sid]) => universe.get(sid)?.account ?? ''))];
    const differently = { files: { 'price_changes.csv': changes }, uncompared };
    await expectMonthIsTruth(monthFolder, { ...now, month }, differently);
    for (const { check, detail } of await readRows(join(monthFolder, 'findings.csv'))) {
      if (check === 'vanished_records_counted') told += Number.parseInt(detail ?? '', 10);
    }
  }
  const undated = (sid: string): boolean => universe.get(sid)?.isUndated === true;
  expect(told, 'records told as vanished').toBe(
    seen.filter(({ sid, price }) => price !== null || !undated(sid)).length,
  );
  const gone = new Set(unseen.map(([sid]) => sid));
  const wanted = [...universe.keys()].filter((sid) => !gone.has(sid)).sort();
  const held = (await ledgerRecords(folder)).map(({ sid }) => sid);
  expect(
    held.filter((sid, index) => sid === held[index - 1]),
    'twice in the ledger',
  ).toEqual([]);
  expect(held, 'in the ledger').toEqual(wanted);
  return {
    ...{ truth: now.truth, months, priceChanges, undated: now.undated.length },
    ...{ vanishedSeen: seen.length, vanishedUnseen: unseen.length },
  };
}

/** A run that ended with 0 has read all that it was asked for. */
export async function expectComplete(story: Story, days: Days): Promise<void> {
  for (const month of monthsOf(days)) {
    const rows = await readRows(join(outputFolderOf(story.folder), month, 'completeness.csv'));
    const asked = rows.filter(({ day = '' }) => day >= days.from && day < days.to);
    expect(asked.length, 'days that were asked for').toBeGreaterThan(0);
    expect(asked.filter(({ status }) => status !== 'complete' && status !== 'empty').slice(0, 5)).toEqual([]);
  }
}

function monthsOf({ from, to }: Days): string[] {
  const months = new Set<string>();
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += dayMs) months.add(dayText(ms).slice(0, 7));
  return [...months];
}

/**
 * A request of a run behind one that read everything asks for the account list, for days within the look-back of that one, or
 * for days that still hold a record without a price.
 */
export function expectMayChange(url: string, truth: Truth, readAt: string, to: string): void {
  const open = dayText(Date.parse(readAt.slice(0, 10)) - 7 * dayMs);
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, account, list] = /Accounts\/(AC\w+)\/(Calls|Messages|Usage)\b/.exec(pathname) ?? [];
  if (list === undefined) return;
  const [first, end] = {
    Calls: [searchParams.get('StartTime>'), searchParams.get('StartTime<')],
    Messages: [searchParams.get('DateSent>'), searchParams.get('DateSent<')],
    Usage: [searchParams.get('StartDate'), searchParams.get('EndDate')],
  }[list as 'Calls' | 'Messages' | 'Usage'];
  // A list without date filter is read where any day is open.
  if (first === null || first === undefined || end === null || end === undefined) {
    expect(open < to, `${url} was asked for again, everything before ${open} is settled`).toBe(true);
    return;
  }
  // What is read again of one account is read again of all of them together.
  const isConsolidated = searchParams.get('IncludeSubaccounts') === 'true';
  const endMs = Date.parse(end) + (list === 'Usage' ? dayMs : 0);
  for (let ms = Date.parse(first.slice(0, 10)); ms < endMs; ms += dayMs) {
    const day = dayText(ms);
    const isUnpriced = truth.unpriced.some(
      (one) =>
        (isConsolidated || one.account_sid === account) &&
        one.day === day &&
        (list === 'Usage' || one.service === list.toLowerCase()),
    );
    expect(day >= open || isUnpriced, `${url} was asked for again, ${day} is settled since ${readAt}`).toBe(true);
  }
}
