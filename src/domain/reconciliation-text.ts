import type { Finding } from './finding.js';
import {
  amountText,
  causesOf,
  findingsByCheck,
  headlineOf,
  type Reconciliation,
  type ReportRow,
  statuses,
  tiesShown,
} from './reconciliation.js';

/** Customers that are shown by name; reconciliation_summary.csv has all. */
const customersShown = 50;
/** Findings of one check that are shown; findings.csv has all. */
const findingsShown = 5;

/** reconciliation.md: the month's comparison for people, headed by its result. */
export function reconciliationText(reconciliation: Reconciliation, findings: readonly Finding[]): string {
  const { totals, customers, tieOut } = reconciliation;
  // The worst first; statuses of one kind stay in the customers' order.
  const open = statuses
    .toReversed()
    .flatMap((worst) => customers.filter(({ status }) => status === worst && worst !== 'agrees'));
  return [
    `# ${headlineOf(reconciliation)}`,
    ...(reconciliation.status === 'differs' ? ['', UNRECONCILED] : []),
    ...section('Records beside usage', totals.length === 0 ? ['Nothing was used.'] : table(totals, sides)),
    ...section('Causes of the difference', causeTable(totals)),
    ...section('All accounts beside the main account, and the invoice', table(tiesShown(tieOut), ties)),
    ...section(
      'Customers that do not simply agree',
      open.length === 0 ? ['None.'] : table(open.slice(0, customersShown), customerColumns),
    ),
    ...(open.length > customersShown
      ? ['', `… and ${open.length - customersShown} more in reconciliation_summary.csv.`]
      : []),
    ...section('What to do', whatToDo(findings)),
    '',
  ].join('\n');
}

const UNRECONCILED =
  '**There is a difference that no cause explains. Do not bill from these figures before it is understood.**';

/** What stands in the way of billing is told before all else. */
const urgentChecks = ['unexplained', 'tie_out_differs'];

const section = (title: string, lines: readonly string[]): string[] => ['', `## ${title}`, '', ...lines];

const sides = [
  'currency',
  'itemised_cost',
  'unconfirmed_cost',
  'usage_cost',
  'difference',
  'other_cost',
  'unpriced_count',
  'status',
];
const ties = [
  'currency',
  'category',
  'accounts_cost',
  'consolidated_cost',
  'difference',
  'status',
  'invoice_amount',
  'invoice_status',
];
const customerColumns = ['subject', 'currency', 'itemised_cost', 'usage_cost', 'difference', 'unexplained', 'status'];

const isAmount = (name: string): boolean => /cost$|amount$|difference$|^unexplained$/.test(name);

function table(rows: readonly ReportRow[], columns: readonly string[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((name) => (isAmount(name) || name.endsWith('_count') ? '---:' : '---'));
  return [
    line(columns.map((name) => name.replaceAll('_', ' '))),
    line(rule),
    ...rows.map((row) =>
      line(columns.map((name) => (isAmount(name) ? amountText(row[name]) : plain(row[name] ?? '')))),
    ),
  ];
}

function causeTable(totals: readonly ReportRow[]): string[] {
  const rows = totals.flatMap((row) =>
    causesOf(row).map((cause) => ({
      currency: row.currency ?? '',
      cause: cause.replaceAll('_', ' '),
      cost: row[cause] ?? '',
    })),
  );
  return rows.length === 0 ? ['There is no difference.'] : table(rows, ['currency', 'cause', 'cost']);
}

function whatToDo(findings: readonly Finding[]): string[] {
  const lines: string[] = [];
  const groups = [...findingsByCheck(findings)];
  const urgent = groups.filter(([check]) => urgentChecks.includes(check));
  for (const [check, found] of [...urgent, ...groups.filter((group) => !urgent.includes(group))]) {
    const [first] = found;
    lines.push(`- **${check}** (${found.length}): ${plain(first?.meaning ?? '')}`);
    for (const { subject, detail } of found.slice(0, findingsShown))
      lines.push(`  - ${plain(subject)}: ${plain(detail)}`);
    if (found.length > findingsShown) lines.push(`  - … and ${found.length - findingsShown} more in findings.csv`);
  }
  return lines.length === 0 ? ['Nothing.'] : lines;
}

/** Names are other people's: nothing in them may become mark-up, a line of its own, or HTML. */
const plain = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').replaceAll(/[\\`*_{}[\]<>|#~&]/g, '\\$&');
