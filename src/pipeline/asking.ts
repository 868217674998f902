import { type Database, sqlName, sqlText, type TextRow } from '../adapters/duckdb.js';
import type { Config } from '../config.js';
import { ConfigError } from '../domain/errors.js';
import { exportMemoryMb } from '../domain/limits.js';
import { dayOf, type Window } from '../domain/period.js';
import { dayParameters, parametersOf, type Query, reportsOf } from '../domain/query.js';
import { byPeriod, type Filters, type ReportRequest, windowsOf } from '../domain/report-request.js';
import type { Room } from '../domain/report-room.js';
import { createScopeDays, divideLedger, planFilters, readsOf, scopeTables } from '../domain/report-scope.js';
import {
  reportRows,
  reportTable,
  selectEscaped,
  selectReport,
  selectTotals,
  selectTyped,
} from '../domain/report-sql.js';
import { compare } from '../stages/reconcile.js';
import { makeTable } from '../stages/report.js';
import { fillInputs } from './inputs.js';
import { inOwnFile, readOwnQuery, requireGrain } from './own-query.js';
import type { Book } from './reader.js';
import { makeRoom } from './room.js';
import { unknownDaysNote } from './unknown-days.js';

/** A report that was made: its rows as often as they are wanted. */
export interface Asked {
  readonly query: Query;
  rows(): AsyncIterable<readonly TextRow[]>;
  /** As `selectTotals` has them; none where the report names no totals. */
  totals(): Promise<readonly TextRow[]>;
  /** Writes the rows to one of the files that may be written. */
  copyCsv(path: string, lineEnd: '\n' | '\r\n'): Promise<void>;
  copyParquet(path: string): Promise<void>;
}

export interface Listener {
  readonly signal: AbortSignal;
  /** Hears what a reader must know of the days asked for. */
  readonly onNote?: (note: string) => void;
}

/**
 * Makes reports of what a book holds, one after the other. `paths`: files that may be written; from now on nothing else outside the
 * snapshot can be reached through it. @throws ConfigError where a filter does not fit, or a query of the user's is not sound
 */
export async function* ask(
  book: Book,
  config: Config,
  request: Pick<ReportRequest, 'groupBy' | 'filters'>,
  reports: readonly Query[],
  paths: readonly string[],
  { signal, onNote }: Listener,
): AsyncGenerator<Asked> {
  const { ledger } = book;
  await fillInputs(ledger, config);
  const room = await makeRoom(book, config.range, reports.every(({ published }) => published) ? 0 : exportMemoryMb);
  await ledger.seal(paths);
  await fillScope(ledger, request.filters);
  const note = onNote === undefined ? undefined : await unknownDaysNote(book, config.range, request.filters);
  if (note !== undefined) onNote?.(note);
  for (const report of reports) {
    signal.throwIfAborted();
    const query = report.ownFile === undefined ? report : await readOwnQuery(book, report);
    const plan = planFilters(byPeriod(query, request.groupBy), request.filters, book.queries);
    const hidden = plan.divided ? await divide(book) : [];
    try {
      yield await make(book, config.range, room, request.groupBy, query, plan.condition, signal);
    } catch (error) {
      throw query.ownFile === undefined ? error : inOwnFile(error, query.ownFile);
    }
    // The next report may be one of the whole ledger.
    for (const name of hidden) await ledger.run(name, `drop view temp.main.${name}`);
  }
}

async function make(
  { ledger, queries }: Book,
  range: Window,
  room: Room,
  groupBy: ReportRequest['groupBy'],
  query: Query,
  condition: string,
  signal: AbortSignal,
): Promise<Asked> {
  const wanted = byPeriod(query, groupBy);
  const reads = readsOf(query.reads, queries);
  const others = reportsOf(queries).filter(({ name }) => reads.has(`report_${name}`));
  const compared = [...reads].some((name) => queries.get(name)?.kind === 'period');
  const windows = windowsOf(range, groupBy);
  // What is not published is too much to be held: its rows are computed where they are written.
  const isHeld = query.published || query.ownFile !== undefined || wanted !== query || windows.length > 1;
  for (const [index, window] of windows.entries()) {
    signal.throwIfAborted();
    if (compared) await compare({ sql: ledger, queries }, window);
    for (const other of others) await makeTable(ledger, other, window, room);
    if (!isHeld) continue;
    const period = wanted === query ? undefined : { column: groupBy ?? '', day: periodOf(window, groupBy) };
    await makeTable(ledger, query, window, room, { period, isMore: index > 0 });
  }
  if (isHeld) await requireGrain(ledger, wanted);
  const from = isHeld ? reportTable(wanted) : reportRows(wanted);
  const days = isHeld ? {} : parametersIn(query, range);
  const copy = (select: string, path: string, options: string): Promise<void> =>
    ledger.run(wanted.name, `copy (${select}) to ${sqlText(path)} (${options}, use_tmp_file false)`, days);
  return {
    query: wanted,
    rows: () => untilAborted(ledger.chunks(wanted.name, selectReport(wanted, condition, from), days), signal),
    totals: async () =>
      wanted.totals.length === 0 ? [] : await ledger.texts(wanted.name, selectTotals(wanted, condition, from), days),
    copyCsv: (path, lineEnd) =>
      copy(selectEscaped(wanted, condition, from), path, `${csvOptions}, new_line ${sqlText(lineEnd)}`),
    copyParquet: (path) => copy(selectTyped(wanted, condition, from), path, 'format parquet'),
  };
}

async function* untilAborted<Chunk>(chunks: AsyncIterable<Chunk>, signal: AbortSignal): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
  }
}

/** The dialect of src/adapters/csv.ts, byte for byte. */
export const csvOptions = `format csv, header true, delimiter ',', quote '"', escape '"', nullstr ''`;

/** The first day of the period, in the range or not: reports that have a month of their own write it so. */
const periodOf = ({ start }: Window, groupBy: ReportRequest['groupBy']): string =>
  groupBy === 'month' ? `${dayOf(start).slice(0, 7)}-01` : dayOf(start);

const parametersIn = (query: Query, window: Window): Record<string, { readonly day: string }> =>
  parametersOf<{ readonly day: string }>(query, dayParameters(window));

/** Says what is in scope. @throws ConfigError where somebody is asked for who has no account */
async function fillScope(ledger: Database, { customers, accounts, currencies }: Filters): Promise<void> {
  if (customers.length + accounts.length + currencies.length === 0) return;
  for (const [name, columns] of Object.entries(scopeTables))
    await ledger.run(name, `create or replace temp table ${name} (${columns})`);
  const one = (value: string): readonly string[] => [value];
  await ledger.append('asked_customers', customers.map(one));
  await ledger.append('asked_accounts', accounts.map(one));
  await ledger.append('asked_currencies', currencies.map(one));
  await ledger.run('scope_days', createScopeDays);
  const unknown = async (table: string, column: string, what: string): Promise<string[]> =>
    (
      await ledger.texts(
        table,
        `select ${column} from ${table} where ${column} not in (select ${column} from scope_days) order by ${column}`,
      )
    ).map(
      ([value]) =>
        `--${what} ${value}: ${what === 'customer' ? 'no account of that customer' : 'no such account'} is known${customers.length > 0 && accounts.length > 0 ? ' among those asked for' : ''}.`,
    );
  const problems = [
    ...(await unknown('asked_customers', 'customer_id', 'customer')),
    ...(await unknown('asked_accounts', 'account_sid', 'account')),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Hides what is out of scope; answers the names of the views that do. */
async function divide({ ledger, queries }: Book): Promise<string[]> {
  const [[catalog = ''] = []] = await ledger.texts('database', 'select current_database()');
  const views = divideLedger(queries, sqlName(catalog ?? ''));
  for (const [name, view] of views) await ledger.run(name, view);
  return [...views.keys()];
}
