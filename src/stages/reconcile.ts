import type { Finding } from '../domain/finding.js';
import type { Month, Window } from '../domain/period.js';
import {
  byColumn,
  type DayParameters,
  dayParameters,
  inReadingOrder,
  parametersOf,
  type Query,
  queryNamed,
} from '../domain/query.js';
import { type Reconciliation, type ReportRow, worstOf } from '../domain/reconciliation.js';
import { selectReport } from '../domain/report-sql.js';

export interface ReconcilePorts {
  readonly sql: {
    run(name: string, sql: string, parameters?: DayParameters): Promise<void>;
    texts(name: string, sql: string, parameters?: DayParameters): Promise<readonly (readonly (string | null)[])[]>;
  };
  readonly queries: ReadonlyMap<string, Query>;
}

/**
 * Compares records with Usage Records over the period: makes the tables of queries/reconciliation/, for reports and checks. Those of the
 * period before go first: they would take the memory that the new ones are made in.
 */
export async function compare({ sql, queries }: ReconcilePorts, period: Window): Promise<void> {
  const tables = inReadingOrder(queries, 'period');
  for (const { name } of tables) await sql.run(name, `drop table if exists ${name}`);
  for (const query of tables) {
    const table = `create temp table ${query.name} as\n${query.sql}`;
    await sql.run(query.name, table, parametersOf(query, dayParameters(period)));
  }
}

/**
 * Runs every check of queries/checks/ over a month; each row that comes back is a finding, none means good. Findings come in
 * the checks' order and then by subject, so that the same data always gives the same list.
 */
export async function check({ sql, queries }: ReconcilePorts, month: Window): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const query of queries.values()) {
    if (query.kind !== 'check') continue;
    for (const [subject, detail] of await sql.texts(query.name, query.sql, parametersOf(query, dayParameters(month)))) {
      findings.push({
        check: query.name,
        severity: query.severity ?? 'fail',
        subject: subject ?? '',
        detail: detail ?? '',
        meaning: query.meaning ?? '',
      });
    }
  }
  return findings;
}

/** What the comparison came to, from the reports that were made of it. */
export async function summarise(ports: ReconcilePorts, month: Month): Promise<Reconciliation> {
  const summary = await rowsOf(ports, 'reconciliation_summary', "level <> 'account'");
  const tieOut = await rowsOf(ports, 'tie_out');
  const totals = summary.filter(({ level }) => level === 'all');
  const found = await ports.sql.texts(
    'month_statuses',
    'select s.status from month_statuses as m join statuses as s on s.badness = m.badness group by s.status',
  );
  // Of a month that nobody asked for nothing is known, which is not that it agrees.
  const known = found.length === 0 ? ['unknown'] : found.map(([status]) => status);
  const sumsDiffer = tieOut.some((row) => row.status === 'differs' || row.invoice_status === 'differs');
  return {
    month,
    status: worstOf([...known, ...totals.map(({ status }) => status), sumsDiffer ? 'differs' : 'agrees']),
    totals,
    customers: summary.filter(({ level }) => level === 'customer'),
    tieOut,
  };
}

async function rowsOf({ sql, queries }: ReconcilePorts, report: string, condition = ''): Promise<ReportRow[]> {
  const query = queryNamed(queries, report);
  return (await sql.texts(report, selectReport(query, condition))).map((row) => byColumn(query, row));
}
