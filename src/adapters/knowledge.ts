import type { Account } from '../domain/account.js';
import type { Knowledge } from '../domain/knowledge.js';
import { unpricedDaysMax } from '../domain/limits.js';
import { addDays, dayOf, type Instant, startOfDayInstant, type Window } from '../domain/period.js';
import { interruptedSince } from '../domain/resume.js';
import type { SqlParameters, TextRow } from './duckdb.js';
import type { Store } from './store.js';

/** DuckDB's text of a TIMESTAMP as our instant. */
const instantFrom = (text: string | null | undefined): Instant => `${(text ?? '').slice(0, 19).replace(' ', 'T')}Z`;

const windowFrom = ([accountSid, resource, start, end]: TextRow) => ({
  accountSid: accountSid ?? '',
  resource: resource ?? '',
  start: instantFrom(start),
  end: instantFrom(end),
});

function ask(store: Store, name: string, parameters: SqlParameters): Promise<TextRow[]> {
  return store.ledger.texts(name, store.query(name).sql, parameters);
}

/** The accounts that the account list showed in a run, by sid. */
export async function readAccounts(store: Store, run: number): Promise<Account[]> {
  const rows = await ask(store, 'run_accounts', { run_number: String(run) });
  return rows.map(([sid, ownerSid, friendlyName, status]) => ({
    sid: sid ?? '',
    ownerSid: ownerSid ?? '',
    friendlyName: friendlyName ?? '',
    status: status ?? '',
  }));
}

/** What runs before this one made sure of, within the range. */
export async function readKnowledge(
  store: Store,
  range: Window,
  lookBackDays: number,
  now: Instant,
  run: number,
): Promise<Knowledge> {
  const days = { start: { day: dayOf(range.start) }, end: { day: dayOf(range.end) } };
  const settled = await ask(store, 'settled_windows', { ...days, look_back_days: String(lookBackDays) });
  const youngest = addDays(now, -unpricedDaysMax);
  const since = youngest > range.start ? youngest : range.start;
  const unpriced = await ask(store, 'unpriced_days', { ...days, start: { day: dayOf(since) } });
  const first = interruptedSince(store.runs, run, now);
  const resumed = first === undefined ? [] : await ask(store, 'pulled_windows', { ...days, first_run: String(first) });
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
