import { invariant } from './errors.js';
import type { Severity } from './finding.js';
import { dayOf, type Window } from './period.js';

/**
 * The folders of queries/. Only staging reads raw, only ledger reads staging; sums by day are made of the ledger, the reconciliation reads
 * both, reports and checks read all three.
 */
export const queryLayers = [
  'macros',
  'raw',
  'staging',
  'ledger',
  'daily',
  'reconciliation',
  'reports',
  'checks',
] as const;
export type QueryLayer = (typeof queryLayers)[number];

/**
 * What is made of a query. `report` and `check` are run as they stand and need no `kind` line; `daily` is a table that is kept, and made anew
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
  /** Checks only. */
  readonly severity: Severity | undefined;
  /** Checks only: what to do when rows appear. */
  readonly meaning: string | undefined;
  /** The file of a report of the user's own; undefined = ours. */
  readonly ownFile?: string;
  /** The whole file, header included, so that line numbers in DuckDB's messages are those of the file. */
  readonly sql: string;
}

export type ParsedQuery = { readonly query: Query } | { readonly problems: readonly string[] };

const knownKeys = [
  'purpose',
  'kind',
  'parameters',
  'reads',
  'grain',
  'order',
  'columns',
  'severity',
  'meaning',
  'example',
  'totals',
  'needs',
  'published',
];
const columnPattern = /^(\S+)\s+([A-Z]+(?:\(\d+, ?\d+\))?(?:\[\])?)(?:\s+(.*))?$/;

interface Header {
  readonly values: ReadonlyMap<string, string>;
  readonly columnLines: readonly string[];
  readonly problems: readonly string[];
}

/** Leading `-- key: value` lines. A line indented by more than five spaces goes on with the line before it. */
function readHeader(sql: string): Header {
  const values = new Map<string, string>();
  const columnLines: string[] = [];
  const problems: string[] = [];
  let key = '';
  for (const line of sql.split(/\r?\n/)) {
    const keyed = /^-- ([a-z]+):(?:\s+(.*))?$/.exec(line);
    const indented = /^--( {2,})(\S.*)$/.exec(line);
    if (keyed?.[1] !== undefined) {
      key = keyed[1];
      if (!knownKeys.includes(key))
        problems.push(`header line \`${key}:\` is not known; use one of ${knownKeys.join(', ')}`);
      if (values.has(key)) problems.push(`header line \`${key}:\` stands twice; keep one`);
      values.set(key, (keyed[2] ?? '').trim());
    } else if (indented?.[1] !== undefined && indented[2] !== undefined && key !== '') {
      const text = indented[2].trim();
      const last = columnLines.length - 1;
      if (key !== 'columns') values.set(key, `${values.get(key) ?? ''} ${text}`.trim());
      else if (indented[1].length <= 5 || last < 0) columnLines.push(text);
      else columnLines[last] = `${columnLines[last] ?? ''} ${text}`;
    } else break;
  }
  return { values, columnLines, problems };
}

function parseColumn(text: string): QueryColumn | undefined {
  const match = columnPattern.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { name: match[1], type: match[2].replace(' ', ''), note: match[3] ?? '' };
}

const splitList = (text: string, separator: string): string[] =>
  text === 'none' || text === '' ? [] : text.split(separator).map((part) => part.trim());

/** Layers of few kinds. */
const kindsOfLayer: { readonly [layer in QueryLayer]?: readonly QueryKind[] } = {
  daily: ['daily', 'view', 'query'],
  reconciliation: ['period', 'query'],
};
/** Kinds that belong to one layer, or are written otherwise. */
const kindsElsewhere: readonly QueryKind[] = ['daily', 'period', 'merge', 'report', 'check'];

function parseKind(text: string | undefined, layer: QueryLayer): { kind: QueryKind; mergeKey: string[] } | undefined {
  if (layer === 'reports' || layer === 'checks') {
    return text === undefined ? { kind: layer === 'reports' ? 'report' : 'check', mergeKey: [] } : undefined;
  }
  if (text?.startsWith('merge by ')) return { kind: 'merge', mergeKey: splitList(text.slice('merge by '.length), ',') };
  const kind = queryKinds.find((known) => known === text);
  if (kind === undefined) return undefined;
  const fits = kindsOfLayer[layer]?.includes(kind) ?? !kindsElsewhere.includes(kind);
  return fits ? { kind, mergeKey: [] } : undefined;
}

function parseColumns(lines: readonly string[], what: string, problems: string[]): QueryColumn[] {
  const columns: QueryColumn[] = [];
  for (const line of lines) {
    const column = parseColumn(line);
    if (column === undefined)
      problems.push(`${what} \`${line}\` is not \`name TYPE note\`, as in \`cost DECIMAL(18,8) null = unpriced\``);
    else if (columns.some((other) => other.name === column.name)) problems.push(`${what} ${column.name} stands twice`);
    else columns.push(column);
  }
  return columns;
}

/** Names of a list that should be columns and are none. `desc` after a name is part of an order, not of the name. */
const strangers = (names: readonly string[], columns: readonly QueryColumn[]): string[] =>
  names.filter((name) => !columns.some((column) => column.name === name.replace(/ desc$/, '')));

/** The query of one file, or everything that is wrong with its header. Held against the SQL itself by a test only. */
export function parseQuery(layer: QueryLayer, name: string, sql: string): ParsedQuery {
  const { values, columnLines, problems: headerProblems } = readHeader(sql);
  const problems = [...headerProblems];
  if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`the name ${name} is not snake_case; rename the file`);
  const needed =
    layer === 'macros' ? ['purpose', 'parameters'] : ['purpose', 'parameters', 'reads', 'grain', 'order', 'columns'];
  if (layer === 'checks') needed.push('severity', 'meaning');
  for (const key of needed) {
    const given = key === 'columns' ? columnLines.length > 0 : (values.get(key) ?? '') !== '';
    if (!given) problems.push(`the header has no \`-- ${key}:\`; add it (\`none\` where there is none)`);
  }
  const kind = parseKind(values.get('kind'), layer);
  if (kind === undefined) problems.push(`\`-- kind: ${values.get('kind') ?? ''}\` does not fit the layer ${layer}`);
  const columns = parseColumns(columnLines, 'column', problems);
  const parameters = parseColumns(
    splitList(values.get('parameters') ?? '', ';').map((text) => text.replace(/^\$/, '')),
    'parameter',
    problems,
  );
  const severity = values.get('severity');
  if (severity !== undefined && severity !== 'fail' && severity !== 'warn')
    problems.push(`severity ${severity} is neither fail nor warn`);
  const grain = splitList(values.get('grain') ?? '', ',');
  const grainIsWords = kind?.kind === 'landing' || layer === 'macros';
  const order = splitList(values.get('order') ?? '', ',');
  const key = kind?.mergeKey ?? [];
  const totals = splitList(values.get('totals') ?? '', ',');
  for (const stranger of strangers([...(grainIsWords ? [] : grain), ...order, ...key, ...totals], columns)) {
    problems.push(`${stranger} stands in grain, order, totals or kind but is no column`);
  }
  if (layer !== 'reports' && ['totals', 'needs', 'published'].some((one) => values.has(one)))
    problems.push('only a report has `-- totals:`, `-- needs:` and `-- published:`; take them out');
  if (!['no', undefined].includes(values.get('published')))
    problems.push(
      `\`-- published: ${values.get('published') ?? ''}\` is not \`no\`; without that line a report is published`,
    );
  for (const { name: column, type } of columns) {
    if (totals.includes(column) && !/^(DECIMAL|BIGINT|INTEGER)/.test(type))
      problems.push(`${column} stands in totals but is ${type}; only DECIMAL, BIGINT and INTEGER add up`);
  }
  if (problems.length > 0 || kind === undefined) return { problems };
  return {
    query: {
      layer,
      name,
      purpose: values.get('purpose') ?? '',
      ...kind,
      parameters,
      reads: splitList(values.get('reads') ?? '', ','),
      grain: grainIsWords ? [] : grain,
      order,
      columns,
      totals,
      needs: values.get('needs'),
      published: !values.has('published'),
      severity: severity === 'fail' || severity === 'warn' ? severity : undefined,
      meaning: values.get('meaning'),
      sql: sql.trimEnd(),
    },
  };
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
