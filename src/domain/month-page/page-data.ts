import type { Finding } from '../finding.js';
import type { Window } from '../period.js';
import type { Reconciliation, ReportRow } from '../reconciliation.js';

/** The page's own queries, of queries/page/, by what the page calls their rows. */
export const pageQueries = {
  currencies: 'page_currencies',
  customers: 'page_customers',
  days: 'page_days',
  services: 'page_services',
  unpriced: 'page_unpriced',
  exposure: 'page_exposure',
  previousMonth: 'page_previous_month',
  changes: 'page_changes',
  accounts: 'page_accounts',
  completeness: 'page_completeness',
  gaps: 'page_gaps',
} as const;

export type PageRows = Readonly<Record<keyof typeof pageQueries, readonly ReportRow[]>>;

/** A file of the same folder, with what it holds. */
export interface PageFile {
  readonly file: string;
  readonly rows: number | undefined;
  readonly purpose: string;
}

/** All that the page of a month shows. */
export interface PageData {
  readonly period: Window;
  readonly mainAccount: string | undefined;
  readonly reconciliation: Reconciliation;
  readonly findings: readonly Finding[];
  readonly rows: PageRows;
  /** What each cause of a difference means, by its column of reconciliation_summary. */
  readonly causeNotes: Readonly<Record<string, string>>;
  readonly files: readonly PageFile[];
}

/** What a cost is made of: the style's name for it, its own, and the column that has it. */
export const costParts = [
  ['calls', 'Calls', 'calls_cost'],
  ['messages', 'Messages', 'messages_cost'],
  ['other', 'Other', 'other_cost'],
] as const;

/** Currencies that have charts and cards: those with most calls and messages. The totals have all. */
export const currenciesShown = 6;

/** Currencies that have a cost, those with most calls and messages first. */
export function currenciesOf(rows: PageRows): readonly ReportRow[] {
  const records = (row: ReportRow): bigint => BigInt(row.calls_count ?? 0) + BigInt(row.messages_count ?? 0);
  return rows.currencies
    .filter(({ currency }) => currency !== '')
    .toSorted((a, b) => {
      const [here, there] = [records(a), records(b)];
      if (here !== there) return here > there ? -1 : 1;
      return (a.currency ?? '') < (b.currency ?? '') ? -1 : 1;
    });
}

/** Rows of one currency. */
export const ofCurrency = (rows: readonly ReportRow[], currency: string | null | undefined): readonly ReportRow[] =>
  rows.filter((row) => row.currency === currency);

/** The currencies with charts. */
export const shownCurrencies = (rows: PageRows): string[] =>
  currenciesOf(rows)
    .slice(0, currenciesShown)
    .map(({ currency }) => currency ?? '');

/** Rows in the order in which the page has the currencies; those of others behind. */
export function inPageOrder(rows: PageRows, some: readonly ReportRow[]): ReportRow[] {
  const order = currenciesOf(rows).map(({ currency }) => currency ?? '');
  const placeOf = ({ currency }: ReportRow): number => {
    const place = order.indexOf(currency ?? '');
    return place === -1 ? order.length : place;
  };
  return some.toSorted((a, b) => placeOf(a) - placeOf(b));
}
