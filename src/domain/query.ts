import { invariant } from './errors.js';
import type { Severity } from './finding.js';
import { dayOf, type Window } from './period.js';

/**
 * The folders of queries/. Only staging reads raw, only ledger reads staging; sums by day are made of the ledger, the reconciliation reads
 * both, reports and checks read all three; what the page shows is added up from the reports.
 */
export const queryLayers = [
  'macros',
  'raw',
  'staging',
  'ledger',
  'daily',
  'reconciliation',
  'reports',
  'page',
  'checks',
] as const;
export type QueryLayer = (typeof queryLayers)[number];

/**
 * What is made of a query. `report` and `check` are run as they stand and need no `kind` line; `lookup` is a table made of seeds, with the ledger; `daily` is a table that is kept, and made anew
 * for the days that a load has touched; `period` one that is made for the days of a report, as long as that is being made.
 */
export const queryKinds = [
  'macro',
  'landing',
  'verdict',
  'query',
  'temp view',
  'staged',
  'view',
  'lookup',
  'merge',
  'append',
  'daily',
  'period',
  'report',
  'check',
] as const;
export type QueryKind = (typeof queryKinds)[number];

/** A name and its DuckDB type, as `start DATE`; parameters carry no `$` here. */
export interface QueryColumn {
  readonly name: string;
  readonly type: string;
  /** For people: unit, zone, sign, what null means. */
  readonly note: string;
}

/** One SQL file: its header as values, and the statement. */
export interface Query {
  readonly layer: QueryLayer;
  /** The file's name without `.sql`; also the name of the relation it makes. */
  readonly name: string;
  readonly purpose: string;
  readonly kind: QueryKind;
  /** Columns of `merge by …`; empty for every other kind. */
  readonly mergeKey: readonly string[];
  readonly parameters: readonly QueryColumn[];
  readonly reads: readonly string[];
  /** Columns that together are unique; empty where the grain is no set of columns (`one row of one page`). */
  readonly grain: readonly string[];
  readonly order: readonly string[];
  readonly columns: readonly QueryColumn[];
  /** Reports only: columns that add up over the rows of one currency. */
  readonly totals: readonly string[];
  /** Reports only: the table that must be filled by the user, as `rates`, or the report is of nothing and is not published. */
  readonly needs: string | undefined;
  /** Reports only: false = too large for every night's set; written only where it is asked for by name. */
  readonly published: boolean;
  /** Reports only: its order begins with the day, and days can be made one after the other: too wide to be sorted at once for many accounts. */
  readonly byDay: boolean;
  /** Checks only. */
  readonly severity: Severity | undefined;
  /** Checks only: what to do when rows appear. */
  readonly meaning: string | undefined;
  /** The file of a report of the user's own; undefined = ours. */
  readonly ownFile?: string;
  /** The whole file, header included, so that line numbers in DuckDB's messages are those of the file. */
  readonly sql: string;
}

/** @throws InvariantError where there is none of that name */
export function queryNamed(queries: ReadonlyMap<string, Query>, name: string): Query {
  const query = queries.get(name);
  invariant(query !== undefined, `no query ${name}`);
  return query;
}

/** A row of a query's result by its columns, as texts. */
export const byColumn = (
  { columns }: Pick<Query, 'columns'>,
  row: readonly (string | null)[],
): Record<string, string | null> => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));

/** Days as parameters of SQL. */
export type DayParameters = Readonly<Record<string, { readonly day: string }>>;

/** A window of whole days as `$start`, inclusive, and `$end`, exclusive. */
export const dayParameters = ({ start, end }: Window): { start: { day: string }; end: { day: string } } => ({
  start: { day: dayOf(start) },
  end: { day: dayOf(end) },
});

/** Those of the parameters that the query has. DuckDB refuses the others. */
export const parametersOf = <Value>(
  { parameters }: Pick<Query, 'parameters'>,
  values: Readonly<Record<string, Value>>,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => parameters.some((one) => one.name === name)));

/** Those of a kind, each after those that it reads, through views too. @throws InvariantError where they read each other */
export function inReadingOrder(queries: ReadonlyMap<string, Query>, kind: QueryKind): Query[] {
  const ordered: Query[] = [];
  const visit = (query: Query, path: readonly string[]): void => {
    if (ordered.includes(query)) return;
    invariant(!path.includes(query.name), `queries read each other: ${[...path, query.name].join(' -> ')}`);
    for (const name of query.reads) {
      const read = queries.get(name);
      if (read?.kind === kind || read?.kind === 'view') visit(read, [...path, query.name]);
    }
    if (query.kind === kind) ordered.push(query);
  };
  for (const query of queries.values()) if (query.kind === kind) visit(query, []);
  return ordered;
}

/** The reports among all queries, by name. */
export const reportsOf = (queries: ReadonlyMap<string, Query>): Query[] =>
  [...queries.values()].filter((query) => query.kind === 'report');

/** Those of ours that every month's set holds. */
export const publishedReportsOf = (queries: ReadonlyMap<string, Query>): Query[] =>
  reportsOf(queries).filter(({ published, ownFile }) => published && ownFile === undefined);

/** Those of the user's that it holds besides: never run but where nothing outside can be reached. */
export const ownReportsOf = (queries: ReadonlyMap<string, Query>): Query[] =>
  reportsOf(queries).filter(({ published, ownFile }) => published && ownFile !== undefined);
