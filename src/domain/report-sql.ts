import { escapeFormula, holdsTexts } from './formula.js';
import type { Query, QueryColumn } from './query.js';

/** A column's name as an SQL identifier: in a SELECT of the user's it may be any text. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Times of ours are whole seconds; a user's may have a fraction, which is told where there is one. */
const timeText = (column: string, hasFractions: boolean): string => {
  const seconds = `strftime(${column}, '%Y-%m-%dT%H:%M:%SZ')`;
  if (!hasFractions) return seconds;
  const all = `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
  return `case when ${column} = date_trunc('second', ${column}) then ${seconds} else ${all} end`;
};

/** The result as texts in the reports' one form: times as ISO 8601 with Z, everything else as DuckDB writes it exactly. */
export const selectTexts = (columns: readonly QueryColumn[], from: string, hasFractions = false): string => {
  const texts = columns.map(({ name, type }) =>
    type === 'TIMESTAMP'
      ? `${timeText(quoted(name), hasFractions)} as ${quoted(name)}`
      : `cast(${quoted(name)} as varchar) as ${quoted(name)}`,
  );
  return `select ${texts.join(', ')} from ${from}`;
};

/** A first column for a report that is made for each day or month by itself. */
export interface PeriodColumn {
  readonly column: string;
  /** UTC, the first day of the period. */
  readonly day: string;
}

const rowsIn = (sql: string, period: PeriodColumn | undefined): string =>
  period === undefined ? sql : `select date '${period.day}' as "${period.column}", r.* from (\n${sql}\n) as r`;

/** Makes the table that a report's file, and whatever else reads its rows, is read from. */
export const createReport = ({ name, sql }: Pick<Query, 'name' | 'sql'>, period?: PeriodColumn): string =>
  `create or replace temp table report_${name} as\n${rowsIn(sql, period)}`;

/** More rows for that table, of another period. */
export const insertReport = ({ name, sql }: Pick<Query, 'name' | 'sql'>, period?: PeriodColumn): string =>
  `insert into report_${name}\n${rowsIn(sql, period)}`;

/** Where a report's rows are, as a relation `t`: in its table, or still to be computed. */
export const reportTable = ({ name }: Pick<Query, 'name'>): string => `report_${name} as t`;
export const reportRows = ({ sql }: Pick<Query, 'sql'>): string => `(\n${sql}\n) as t`;

/** The rows as texts, in the report's order. `condition`: about the report's columns in the relation `t`; empty = all. */
export const selectReport = (query: Query, condition = '', from = reportTable(query)): string =>
  `${selectTexts(query.columns, from, query.ownFile !== undefined)}${whereOf(condition)}${orderOf(query)}`;

/** The rows as they are, typed. */
export const selectTyped = (query: Query, condition = '', from = reportTable(query)): string =>
  `select ${query.columns.map(({ name }) => `t.${quoted(name)}`).join(', ')} from ${from}${whereOf(condition)}${orderOf(query)}`;

/** As CSV has them: texts and names that a spreadsheet would run are escaped, and nothing else is. */
export function selectEscaped(query: Query, condition = '', from = reportTable(query)): string {
  const texts = query.columns.map(({ name, type }) => {
    const column = `a.${quoted(name)}`;
    return `${holdsTexts(type) ? `escape_formula(${column})` : column} as ${quoted(escapeFormula(name))}`;
  });
  return `select ${texts.join(', ')} from (${selectReport(query, condition, from)}) as a`;
}

const whereOf = (condition: string): string => (condition === '' ? '' : ` where ${condition}`);

/**
 * Our own queries sort their rows themselves, as their headers say, and a table keeps the order in which it was made: to sort wide rows once
 * more took memory that a report of 5,000 accounts does not have. A user's query may leave it to its header.
 */
const orderOf = ({ order, ownFile }: Query): string =>
  ownFile === undefined || order.length === 0
    ? ''
    : ` order by ${order.map((column) => column.replace(/^(\S+)( desc)?$/, 't."$1"$2')).join(', ')}`;

/**
 * What the rows of each currency add up to, as texts: the currency (one row with null, where the report has none), then the columns of the
 * report's `totals` in their order. What is not known of one row is not known of all: such a sum is null.
 */
export function selectTotals(query: Query, condition = '', from = reportTable(query)): string {
  const currency = query.columns.some(({ name }) => name === 'currency') ? 't."currency"' : 'cast(null as varchar)';
  const sums = query.totals.map(
    (column) => `case when count(*) = count(t."${column}") then cast(sum(t."${column}") as varchar) end`,
  );
  return `select ${[currency, ...sums].join(', ')} from ${from}${whereOf(condition)} group by ${currency} order by ${currency}`;
}
