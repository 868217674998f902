import type { Account } from '../domain/account.js';
import type { Knowledge } from '../domain/knowledge.js';
import { unpricedDaysMax } from '../domain/limits.js';
import { addDays, dayOf, type Instant, startOfDayInstant, type Window } from '../domain/period.js';
import type { PastRows } from '../domain/plan-estimate.js';
import { dayParameters, type Query } from '../domain/query.js';
import type { Database, SqlParameters, TextRow } from './duckdb.js';

/** A ledger and its queries: the store's, or one that is open for reading only. */
export interface Ledger {
  readonly ledger: Database;
  query(name: string): Query;
}

/** DuckDB's text of a TIMESTAMP as our instant. */
const instantFrom = (text: string | null | undefined): Instant => `${(text ?? '').slice(0, 19).replace(' ', 'T')}Z`;

const windowFrom = ([accountSid, resource, start, end]: TextRow) => ({
  accountSid: accountSid ?? '',
  resource: resource ?? '',
  start: instantFrom(start),
  end: instantFrom(end),
});

function ask(store: Ledger, name: string, parameters: SqlParameters): Promise<TextRow[]> {
  return store.ledger.texts(name, store.query(name).sql, parameters);
}

/** The accounts that the account list showed in a run, by sid. */
export async function readAccounts(store: Ledger, run: number): Promise<Account[]> {
  const rows = await ask(store, 'run_accounts', { run_number: String(run) });
  return rows.map(([sid, ownerSid, friendlyName, status, updatedAt]) => ({
    sid: sid ?? '',
    ownerSid: ownerSid ?? '',
    friendlyName: friendlyName ?? '',
    status: status ?? '',
    updatedAt: updatedAt === null || updatedAt === undefined ? undefined : instantFrom(updatedAt),
  }));
}

/** What runs before this one made sure of, within the range. `interruptedRun`: the first of those that it goes on from. */
export async function readKnowledge(
  store: Ledger,
  range: Window,
  lookBackDays: number,
  now: Instant,
  interruptedRun: number | undefined,
): Promise<Knowledge> {
  const days = dayParameters(range);
  const settled = await ask(store, 'settled_windows', { ...days, look_back_days: String(lookBackDays) });
  const youngest = addDays(now, -unpricedDaysMax);
  const since = youngest > range.start ? youngest : range.start;
  const unpriced = await ask(store, 'unpriced_days', { ...days, start: { day: dayOf(since) } });
  const resumed =
    interruptedRun === undefined
      ? []
      : await ask(store, 'pulled_windows', { ...days, first_run: String(interruptedRun) });
  return {
    resumed: resumed.map(windowFrom),
    settled: settled.map(windowFrom),
    unpriced: unpriced.map(([accountSid, resource, day]) => ({
      accountSid: accountSid ?? '',
      resource: resource ?? '',
      start: startOfDayInstant(day ?? ''),
      end: addDays(startOfDayInstant(day ?? ''), 1),
    })),
  };
}

/** How much complete pulls brought, for estimates. */
export async function readPastRows(store: Ledger): Promise<PastRows[]> {
  const rows = await ask(store, 'daily_rows', {});
  return rows.map(([accountSid, resource, count, seconds]) => ({
    accountSid: accountSid ?? '',
    resource: resource ?? '',
    rows: Number.parseInt(count ?? '0', 10),
    seconds: Number.parseInt(seconds ?? '0', 10),
  }));
}
