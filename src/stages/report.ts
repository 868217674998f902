import { invariant } from '../domain/errors.js';
import type { Finding } from '../domain/finding.js';
import { type Month, piecesOf, type Window } from '../domain/period.js';
import {
  byColumn,
  type DayParameters,
  dayParameters,
  parametersOf,
  publishedReportsOf,
  type Query,
  type QueryColumn,
  queryNamed,
} from '../domain/query.js';
import type { Reconciliation } from '../domain/reconciliation.js';
import type { Room } from '../domain/report-room.js';
import { createReport, insertReport, type PeriodColumn, selectReport } from '../domain/report-sql.js';
import { statementFileName } from '../domain/statement-name.js';
import { version } from '../domain/version.js';

type Texts = readonly (string | null)[];

export interface ReportPorts {
  readonly sql: {
    run(name: string, sql: string, parameters?: DayParameters): Promise<void>;
    chunks(name: string, sql: string, parameters?: DayParameters): AsyncIterable<readonly Texts[]>;
  };
  readonly queries: ReadonlyMap<string, Query>;
  /** Writes one CSV below the folder being made; answers rows, bytes and hash. */
  writeCsv(
    relativePath: string,
    columns: readonly Pick<QueryColumn, 'name' | 'type'>[],
    rows: AsyncIterable<readonly Texts[]>,
  ): Promise<WrittenFile>;
}

export interface WrittenFile {
  readonly file: string;
  /** Of a CSV. */
  readonly rows?: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** The report that customers/<customer>.csv is cut from. */
const statementReport = 'customer_statement';

const findingColumns = ['check', 'severity', 'subject', 'detail', 'what_to_do'].map((name) => ({
  name,
  type: 'VARCHAR',
}));

/** Runs every report of the set over the period into a temporary table `report_<name>`, in the report's order, for checks and files. */
export async function materialise(
  ports: Pick<ReportPorts, 'sql' | 'queries'>,
  period: Window,
  room: Pick<Room, 'pieceDays'>,
): Promise<void> {
  for (const query of publishedReportsOf(ports.queries)) {
    await makeTable(ports.sql, query, period, room);
  }
}

/** Makes a report's table, or adds to it; one that can be made day by day, in pieces that there is room for. */
export async function makeTable(
  sql: Pick<ReportPorts['sql'], 'run'>,
  query: Query,
  window: Window,
  { pieceDays }: Pick<Room, 'pieceDays'>,
  { period, isMore = false }: { readonly period?: PeriodColumn | undefined; readonly isMore?: boolean } = {},
): Promise<void> {
  const pieces = query.byDay ? piecesOf(window, pieceDays) : [window];
  for (const [index, piece] of pieces.entries()) {
    const rows = index === 0 && !isMore ? createReport(query, period) : insertReport(query, period);
    await sql.run(query.name, rows, parametersOf(query, dayParameters(piece)));
  }
}

/**
 * Whether the table that a report needs is filled. One that nobody filled makes a report of nothing: checks may read it, a file of it would
 * only look as if something were amiss.
 */
async function isPublished({ sql }: Pick<ReportPorts, 'sql'>, { needs }: Query): Promise<boolean> {
  if (needs === undefined) return true;
  let rows = 0;
  for await (const chunk of sql.chunks(needs, `select 1 from ${needs} limit 1`)) rows += chunk.length;
  return rows > 0;
}

/** Writes the materialised reports, the customers' statements and the findings as CSV files. */
export async function writeReports(ports: ReportPorts, findings: readonly Finding[]): Promise<WrittenFile[]> {
  const files: WrittenFile[] = [];
  for (const query of publishedReportsOf(ports.queries)) {
    if (query.name === statementReport || !(await isPublished(ports, query))) continue;
    const rows = ports.sql.chunks(query.name, selectReport(query));
    files.push(await ports.writeCsv(`${query.name}.csv`, query.columns, rows));
  }
  files.push(...(await writeStatements(ports)));
  files.push(await ports.writeCsv('findings.csv', findingColumns, findingRows(findings)));
  return files;
}

async function* findingRows(findings: readonly Finding[]): AsyncGenerator<Texts[]> {
  yield findings.map((finding) => [finding.check, finding.severity, finding.subject, finding.detail, finding.meaning]);
}

/** What customers/ holds: whose statement stands in which file. */
const indexColumns = [
  { name: 'customer_id', type: 'VARCHAR' },
  { name: 'customer_name', type: 'VARCHAR' },
  { name: 'file', type: 'VARCHAR' },
  { name: 'lines', type: 'BIGINT' },
  { name: 'sha256', type: 'VARCHAR' },
];

/** One file for each customer, and their index: the rows come sorted by customer, and are cut where it changes. */
async function writeStatements(ports: ReportPorts): Promise<WrittenFile[]> {
  const query = queryNamed(ports.queries, statementReport);
  const [idColumn, nameColumn] = query.columns;
  const files: WrittenFile[] = [];
  const index: Texts[] = [];
  let rows: Texts[] = [];
  const write = async (): Promise<void> => {
    const [customer, name = ''] = rows[0] ?? [];
    if (customer === undefined || customer === null) return;
    const file = statementFileName(customer);
    const written = await ports.writeCsv(`customers/${file}`, query.columns, one(rows));
    files.push(written);
    index.push([customer, name, file, `${rows.length}`, written.sha256]);
    rows = [];
  };
  invariant(
    idColumn?.name === 'customer_id' && nameColumn?.name === 'customer_name',
    'a statement begins with its customer',
  );
  for await (const chunk of ports.sql.chunks(query.name, selectReport(query))) {
    for (const row of chunk) {
      if (rows.length > 0 && rows[0]?.[0] !== row[0]) await write();
      rows.push(row);
    }
  }
  await write();
  files.push(await ports.writeCsv('customers/index.csv', indexColumns, one(index)));
  return files;
}

async function* one(rows: readonly Texts[]): AsyncGenerator<readonly Texts[]> {
  yield rows;
}

/** What a set is about, besides its files. */
export interface SetFacts {
  readonly month: Month;
  readonly period: Window;
  readonly mainAccount: string | undefined;
  readonly phoneNumbers: 'keep' | 'mask';
  /** `friendly_name` or `customers.csv`: what says which customer an account belongs to. */
  readonly customers: string;
  /** What was allowed to stay unexplained, by currency. */
  readonly tolerances: Readonly<Record<string, string>>;
}

/** run.json, without a clock and without the run that made it: the same data gives the same bytes. */
export async function describeSet(
  ports: Pick<ReportPorts, 'sql' | 'queries'>,
  facts: SetFacts,
  files: readonly WrittenFile[],
  findings: readonly Finding[],
  { status, totals: compared, tieOut }: Reconciliation,
): Promise<string> {
  const totals = queryNamed(ports.queries, 'month_totals');
  const rows: Record<string, string | null>[] = [];
  for await (const chunk of ports.sql.chunks(totals.name, totals.sql, dayParameters(facts.period))) {
    for (const row of chunk) rows.push(byColumn(totals, row));
  }
  const counts: Record<string, number> = {};
  for (const { check } of findings) counts[check] = (counts[check] ?? 0) + 1;
  const value = {
    subledger: version,
    month: facts.month,
    start: facts.period.start,
    end: facts.period.end,
    main_account: facts.mainAccount,
    phone_numbers: facts.phoneNumbers,
    customers: facts.customers,
    tolerances: facts.tolerances,
    reconciliation: status,
    unreconciled: status === 'differs',
    compared,
    tie_out: tieOut,
    totals: rows,
    findings: counts,
    partial: findings.filter(({ check }) => check === 'partial_month').map(({ detail }) => detail),
    files: [...files].sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
