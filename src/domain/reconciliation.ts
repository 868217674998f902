import type { Finding } from './finding.js';
import type { Month } from './period.js';

/** What a comparison can end in, the worst last: queries/ledger/statuses.sql. */
export const statuses = ['agrees', 'explained', 'pending', 'unknown', 'differs'] as const;
export type Status = (typeof statuses)[number];

/** Columns of reconciliation_summary.csv that add up to its difference. */
export const causes = [
  'unpriced_rows',
  'usage_not_final',
  'deleted_at_twilio',
  'not_itemised',
  'carrier_fees',
  'failed_message_fees',
  'day_attribution',
  'minute_rounding',
  'currency_mismatch',
  'restated',
  'extraction_incomplete',
  'surplus_rows',
  'unexplained',
] as const;

/** A row of a report by its columns, amounts as exact texts. */
export type ReportRow = Readonly<Record<string, string | null>>;

/** What the comparison of a month came to. */
export interface Reconciliation {
  readonly month: Month;
  readonly status: Status;
  /** Rows of reconciliation_summary.csv over all accounts, one for each currency. */
  readonly totals: readonly ReportRow[];
  /** Rows of it for each customer. */
  readonly customers: readonly ReportRow[];
  /** Rows of tie_out.csv. */
  readonly tieOut: readonly ReportRow[];
}

export const worstOf = (found: readonly (string | null | undefined)[]): Status =>
  statuses.findLast((status) => found.includes(status)) ?? 'agrees';

/** `0.00000000` and the like. */
export const isZero = (amount: string | null | undefined): boolean => /^-?0*(\.0*)?$/.test(amount ?? '');

/** A difference without a name must be seen before anything else is. */
export const headlineOf = ({ month, status }: Reconciliation): string =>
  status === 'differs' ? `${month}: UNRECONCILED` : `${month}: reconciliation ${meanings[status]}`;

const meanings: Readonly<Record<Status, string>> = {
  agrees: 'agrees',
  explained: 'explained: every difference has a named cause',
  pending: 'pending: prices or usage are still to come',
  unknown: 'unknown: something could not be read',
  differs: 'differs',
};

/** An exact amount for people: zeros behind the second decimal are left out. */
export const amountText = (amount: string | null | undefined): string =>
  (amount ?? '').replace(/(\.\d\d\d*?)0+$/, '$1');

/** The causes that a row has an amount of. */
export const causesOf = (row: ReportRow): string[] => causes.filter((cause) => !isZero(row[cause]));

/** Of the tie-out what must be seen: the total, what the invoice names, and what differs. */
export const tiesShown = (tieOut: readonly ReportRow[]): ReportRow[] =>
  tieOut.filter((row) => row.category === 'totalprice' || row.invoice_amount !== null || row.status === 'differs');

/** For the terminal: the headline, and for each currency both sides with the causes of the difference. */
export function summaryLines(reconciliation: Reconciliation): string[] {
  const lines = [headlineOf(reconciliation)];
  for (const row of reconciliation.totals) {
    const amounts = [
      `records ${amountText(row.itemised_cost)}`,
      `usage ${amountText(row.usage_cost)}`,
      `difference ${amountText(row.difference)}`,
      ...(isZero(row.unconfirmed_cost) ? [] : [`of usage unknown ${amountText(row.unconfirmed_cost)}`]),
      `other cost ${amountText(row.other_cost)}`,
    ];
    lines.push(`  ${row.currency || '(no currency)'} ${row.status}: ${amounts.join(', ')}`);
    for (const cause of causesOf(row)) lines.push(`      ${cause} ${amountText(row[cause])}`);
  }
  for (const row of tiesShown(reconciliation.tieOut)) {
    const consolidated = row.consolidated_cost === null ? 'not read' : amountText(row.consolidated_cost);
    const invoice =
      row.invoice_amount === null ? '' : `; invoice ${amountText(row.invoice_amount)}: ${row.invoice_status}`;
    lines.push(
      `  ${row.currency} ${row.category}: all accounts ${amountText(row.accounts_cost)}, main account with subaccounts ${consolidated}: ${row.status}${invoice}`,
    );
  }
  return lines;
}

/** Findings by check, in the checks' order. */
export function findingsByCheck(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.check, [...(groups.get(finding.check) ?? []), finding]);
  return groups;
}
