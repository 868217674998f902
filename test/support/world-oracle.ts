import { join } from 'node:path';
import { expect } from 'vitest';
import { Database } from '../../src/adapters/duckdb.js';
import type { Landed, ManifestLine, TaskLine } from '../../src/domain/manifest.js';
import { expectDaysAddUp } from './expect-days-add-up.js';
import { byBytes, friendlyNameCustomers } from './expected-ledger.js';
import { readLanding } from './landing.js';
import { manifestOf } from './manifest-lines.js';
import { dataFolderOf } from './pipeline-run.js';
import type { Row } from './published.js';
import type { Truth } from './simulator.js';
import { categoriesOf, instantText } from './simulator-records.js';
import { amountText, unitsOfPlain } from './units.js';
import type { Service } from './universe.js';
import type { Story } from './world-story.js';

/** A row of a landing file of calls or messages. */
export interface Observation {
  readonly sid: string;
  readonly service: Service;
  readonly account: string;
  /** Decimal text as Twilio sent it; null = none. */
  readonly price: string | null;
  readonly currency: string;
  readonly at: string;
  readonly run: number;
  readonly file: number;
  readonly observedAt: string;
}

/** What Twilio is known to have sent, in the order in which it was seen. */
export async function observationsOf(folder: string): Promise<Observation[]> {
  const found: Observation[] = [];
  for (const service of ['calls', 'messages'] as const) {
    for (const row of await readLanding(dataFolderOf(folder), service)) {
      const date = service === 'calls' ? row.start_time : row.date_sent;
      found.push({
        sid: row.sid ?? '',
        service,
        account: row.account_sid ?? '',
        price: row.price ?? null,
        currency: (row.price_unit ?? '').toUpperCase(),
        at: instantText(date ?? row.date_created),
        run: Number(row.run_number),
        file: Number(row.landing_sequence),
        observedAt: row.observed_at ?? '',
      });
    }
  }
  return found.sort((a, b) => byBytes(a.observedAt, b.observedAt) || a.file - b.file);
}

/** The newest observation of each record. */
export const newestOf = (observations: readonly Observation[]): Map<string, Observation> =>
  new Map(observations.map((one) => [one.sid, one]));

/** A record that lay in the world from before the run until behind it. */
export interface Standing {
  readonly sid: string;
  readonly service: Service;
  readonly account: string;
  readonly at: string;
  readonly isUndated: boolean;
}

/** What a run cannot have missed: all that was there at the clock at which it began and was not deleted by its end. */
export const standing = (story: Story, clock: string): Standing[] =>
  [...story.universe.values()].filter(({ sid, at }) => at <= clock && story.fates.get(sid)?.deleted !== true);

/**
 * No window that a run calls complete lacks a row: all that stood in it has been landed by that run, in files of the line that
 * says so or before it. Returns how many windows were claimed.
 */
export async function expectClaimsHold(story: Story, records: readonly Standing[], clock: string): Promise<number> {
  const lines = await manifestOf(story.folder);
  const run = Math.max(0, ...lines.map((line) => ('run' in line ? line.run : 0)));
  const files = lines.filter((line): line is Landed & ManifestLine => line.kind === 'landed' && line.run === run);
  const landedIn = new Map<string, number>();
  for (const { sid, run: seenBy, file } of await observationsOf(story.folder)) {
    if (seenBy === run) landedIn.set(sid, Math.min(file, landedIn.get(sid) ?? file));
  }
  const lists = new Map<string, Standing[]>();
  for (const record of records) {
    const key = `${record.account} ${record.isUndated ? 'undated_' : ''}${record.service}`;
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    list.push(record);
  }
  let claims = 0;
  for (const { sequence, tasks } of files) {
    for (const task of tasks) {
      if (task.outcome !== 'complete') continue;
      claims += 1;
      const { window_start: start, window_end: end } = task;
      const wanted = lists.get(`${task.account_sid} ${task.resource}`) ?? [];
      const lacking = wanted.filter(
        ({ sid, at }) =>
          start !== null && end !== null && at >= start && at < end && (landedIn.get(sid) ?? Infinity) > sequence,
      );
      expect({ task, lacking: lacking.slice(0, 5) }).toEqual({ task, lacking: [] });
    }
  }
  await expectUsageClaimsHold(story, run, files, clock);
  return claims;
}

/** Of usage every category is listed for every day that has begun, used or not. */
async function expectUsageClaimsHold(
  story: Story,
  run: number,
  files: readonly (Landed & ManifestLine)[],
  clock: string,
): Promise<void> {
  const { from } = story.plan.simulator;
  const categories = await categoriesOf(story.twin, from);
  const landed = new Map<string, Set<string>>();
  for (const row of await readLanding(dataFolderOf(story.folder), 'usage_records')) {
    if (Number(row.run_number) !== run) continue;
    const key = `${row.account_sid} ${row.start_date}`;
    landed.set(key, (landed.get(key) ?? new Set()).add(row.category ?? ''));
  }
  const daysOf = ({ window_start: start, window_end: end }: TaskLine): string[] => {
    const days: string[] = [];
    for (let ms = Date.parse(start ?? ''); ms < Date.parse(end ?? ''); ms += 86_400_000)
      days.push(new Date(ms).toISOString().slice(0, 10));
    return days.filter((day) => day <= clock.slice(0, 10));
  };
  for (const task of files.flatMap(({ tasks }) => tasks)) {
    if (task.resource !== 'usage_records' || task.outcome !== 'complete') continue;
    const lacking = daysOf(task).filter((day) => landed.get(`${task.account_sid} ${day}`)?.size !== categories);
    expect({ task, lacking }).toEqual({ task, lacking: [] });
  }
}

/** A call or message of the ledger: its SID, and cost and currency where it has a price. */
export interface LedgerRecord {
  readonly sid: string;
  readonly cost: string;
}

/** What the ledger holds, in order of SID, each as often as it stands there. */
export async function ledgerRecords(folder: string): Promise<LedgerRecord[]> {
  const path = join(dataFolderOf(folder), 'subledger.duckdb');
  const database = await Database.open(path, { memoryMb: 128, temporaryFolder: '', readOnly: true });
  try {
    const columns = 'sid, cast(cost as varchar), currency';
    const rows = await database.texts(
      'records',
      `select ${columns} from calls union all select ${columns} from messages order by sid`,
    );
    return rows.map(([sid, cost, currency]) => ({ sid: sid ?? '', cost: cost == null ? '' : `${cost} ${currency}` }));
  } finally {
    database.close();
  }
}

/** The ledger holds what is landed: every record once, as it was seen last. */
export async function expectLedgerIsLanded(folder: string): Promise<void> {
  await expectDaysAddUp(folder);
  const newest = [...newestOf(await observationsOf(folder)).values()].map(({ sid, price, currency }) => ({
    sid,
    cost: price === null ? '' : `${costText(price)} ${currency}`,
  }));
  expect(await ledgerRecords(folder)).toEqual(newest.sort((a, b) => byBytes(a.sid, b.sid)));
}

const costText = (price: string | null): string => (price === null ? '' : amountText(-unitsOfPlain(price)));

/** What price_changes.csv must hold of one month: each time that a record was seen with another price than before. */
export function expectedPriceChanges(observations: readonly Observation[], truth: Truth, month: string): Row[] {
  const customerOf = friendlyNameCustomers(truth);
  const last = new Map<string, Observation>();
  const counts = new Map<string, number>();
  const rows: Row[] = [];
  for (const one of observations) {
    const before = last.get(one.sid);
    last.set(one.sid, one);
    if (before === undefined) continue;
    const [was, is] = [costText(before.price), costText(one.price)];
    if (was === is && (is === '' || before.currency === one.currency)) continue;
    const number = (counts.get(one.sid) ?? 0) + 1;
    counts.set(one.sid, number);
    if (!one.at.startsWith(month)) continue;
    rows.push({
      charged_at: one.at,
      service: one.service,
      sid: one.sid,
      change_number: String(number),
      account_sid: one.account,
      customer_id: customerOf(one.account, one.at.slice(0, 10)).id,
      change: was === '' ? 'priced' : is === '' ? 'withdrawn' : 'changed',
      previous_cost: was,
      previous_currency: before.currency,
      cost: is,
      currency: one.currency,
      run_number: String(one.run),
      observed_on: one.observedAt.slice(0, 10),
    });
  }
  const key = (row: Row): string =>
    `${row.charged_at} ${row.service} ${row.sid} ${row.change_number?.padStart(4, '0')}`;
  return rows.sort((a, b) => byBytes(key(a), key(b)));
}
