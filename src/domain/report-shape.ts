import type { QueryColumn } from './query.js';

/** What a file of a report needs to know of it. */
export interface ReportShape {
  readonly name: string;
  readonly purpose: string;
  readonly columns: readonly QueryColumn[];
  /** Columns that add up over the rows of one currency. */
  readonly totals: readonly string[];
}

/** Exact texts in column order, as DuckDB wrote them. */
export type Texts = readonly (string | null)[];

/** What values of a column are, in a file that knows more than texts. */
export type ColumnKind = 'number' | 'date' | 'time' | 'boolean' | 'text';

/** By the DuckDB type. What is none of the four stays the text that it is. */
export function kindOf(type: string): ColumnKind {
  if (/^(?:DECIMAL|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?\b)/.test(type) && !type.endsWith(']')) return 'number';
  if (type === 'DATE') return 'date';
  if (type === 'TIMESTAMP') return 'time';
  return type === 'BOOLEAN' ? 'boolean' : 'text';
}

export const totalLabel = 'Total';

/**
 * A row of totals in the report's columns: the label in the first column that neither adds up nor is the currency (-1 where there is none),
 * the currency in its own, sums in theirs; null where a sum is not known and everywhere else.
 * @param total the currency, then the sums in the order of the report's `totals`: a row of `selectTotals`
 */
export function totalsRow(
  { columns, totals }: Pick<ReportShape, 'columns' | 'totals'>,
  [currency = null, ...sums]: Texts,
): { readonly label: number; readonly texts: Texts } {
  const label = columns.findIndex(({ name }) => name !== 'currency' && !totals.includes(name));
  const texts = columns.map(({ name }, index) => {
    if (name === 'currency') return currency;
    if (index === label) return totalLabel;
    return sums[totals.indexOf(name)] ?? null;
  });
  return { label, texts };
}
