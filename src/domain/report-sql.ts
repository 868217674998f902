import type { Query, QueryColumn } from './query.js';

/** The result as texts in the reports' one form: times as ISO 8601 with Z, everything else as DuckDB writes it exactly. */
export const selectTexts = (columns: readonly QueryColumn[], from: string): string => {
  const texts = columns.map(({ name, type }) =>
    type === 'TIMESTAMP'
      ? `strftime("${name}", '%Y-%m-%dT%H:%M:%SZ') as "${name}"`
      : `cast("${name}" as varchar) as "${name}"`,
  );
  return `select ${texts.join(', ')} from ${from}`;
};

/** Makes the table that a report's file, and whatever else reads its rows, is read from. */
export const createReport = ({ name, sql }: Pick<Query, 'name' | 'sql'>): string =>
  `create or replace temp table report_${name} as\n${sql}`;

/** That table's rows as texts, in the report's order. */
export function selectReport({ name, columns, order }: Query, where = ''): string {
  const sorted = order.map((column) => `report_${name}."${column}"`).join(', ');
  return `${selectTexts(columns, `report_${name}`)} ${where} order by ${sorted}`;
}

/**
 * What the rows of each currency add up to, as texts: the currency (one row with null, where the report has none), then the columns of the
 * report's `totals` in their order. What is not known of one row is not known of all: such a sum is null.
 */
export function selectTotals({ name, columns, totals }: Query): string {
  const currency = columns.some((column) => column.name === 'currency') ? 'currency' : 'cast(null as varchar)';
  const sums = totals.map(
    (column) => `case when count(*) = count("${column}") then cast(sum("${column}") as varchar) end`,
  );
  return `select ${[currency, ...sums].join(', ')} from report_${name} group by ${currency} order by ${currency}`;
}
