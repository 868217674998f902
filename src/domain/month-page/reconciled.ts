import { causesOf, type ReportRow, statuses, tiesShown } from '../reconciliation.js';
import { barChart } from './bars.js';
import { counted, exact, notKnown, several, signed, unitsOf } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { currenciesShown, inPageOrder, type PageData } from './page-data.js';
import { byCurrency, nameOf, note, paragraph, section, statusOf, words } from './parts.js';
import { resultOf } from './summary.js';
import { figure, foldedTable, table } from './table.js';

/** Customers that are shown; reconciliation_summary.csv has all. */
const customersShown = 20;
/** Rows of the tie-out that are shown; tie_out.csv has all. */
const tiesShownMax = 40;

/** Records beside Twilio's own Usage Records, and what is between them. */
export function reconciledSection({ reconciliation, causeNotes, rows }: PageData): Markup {
  const { customers, status } = reconciliation;
  const totals = inPageOrder(rows, reconciliation.totals);
  const tieOut = inPageOrder(rows, reconciliation.tieOut);
  return section('reconciliation', 'Reconciliation', [
    paragraph(resultOf(status)),
    totals.length === 0 ? paragraph('Nothing was used.') : sidesTable(totals),
    causes(totals, causeNotes),
    ties(tieOut),
    openCustomers(customers),
    note(
      html`By account and day in <a href="reconciliation.csv">reconciliation.csv</a>, by customer in <a href="reconciliation_summary.csv">reconciliation_summary.csv</a>.`,
    ),
  ]);
}

const sidesTable = (totals: readonly ReportRow[]): Markup =>
  table({
    id: 'sides-table',
    caption: 'Records beside Usage Records. The difference is usage less records, unconfirmed records left out.',
    columns: [
      { head: 'Currency' },
      { head: 'Result' },
      figure('Records'),
      figure('of them unconfirmed'),
      figure('Usage Records'),
      figure('Difference'),
      figure('of it unexplained'),
      figure('Without a price'),
    ],
    rows: totals.map((row) => ({
      head: row.currency || 'none given',
      cells: [
        statusOf(row.status),
        exact(row.itemised_cost),
        exact(row.unconfirmed_cost),
        exact(row.usage_cost),
        exact(row.difference),
        exact(row.unexplained),
        counted(row.unpriced_count),
      ],
    })),
  });

/** Each cause with its amount and what it means; where there are several, as bars to either side too. */
function causes(totals: readonly ReportRow[], notes: Readonly<Record<string, string>>): Content {
  const found = totals.filter((row) => causesOf(row).length > 0);
  if (found.length === 0) return paragraph('There is no difference.');
  const charted = found.filter((row) => causesOf(row).length > 1).slice(0, currenciesShown);
  return [
    html`<h3>Causes of the difference</h3>`,
    charted.length === 0 ? undefined : byCurrency(charted.map(causeChart)),
    table({
      id: 'causes-table',
      caption: 'Usage less records, by cause',
      columns: [{ head: 'Cause' }, { head: 'Currency' }, figure('Amount'), { head: 'What it means' }],
      rows: found.flatMap((row) =>
        causesOf(row).map((cause) => ({
          head: words(cause),
          cells: [
            row.currency || 'none given',
            exact(row[cause]),
            html`<span class="prose">${notes[cause] ?? ''}</span>`,
          ],
        })),
      ),
    }),
  ];
}

function causeChart(row: ReportRow): Content {
  const currency = row.currency || 'none given';
  const bars = causesOf(row).map((cause) => {
    const value = unitsOf(row[cause] ?? '');
    return { name: words(cause), value, text: signed(value), kind: cause === 'unexplained' ? 'bad' : 'rest' };
  });
  const text = {
    id: `causes-${row.currency || 'none'}`,
    title: `${currency}: causes of the difference`,
    description: `${several(bars.length, 'cause')}: ${bars.map(({ name, text: amount }) => `${name} ${amount}`).join(', ')}.`,
  };
  return [html`<h4>${currency}</h4>`, barChart(text, bars)];
}

function ties(tieOut: readonly ReportRow[]): Content {
  const rows = tiesShown(tieOut);
  if (rows.length === 0) return undefined;
  return [
    html`<h3>All accounts beside the main account, and the invoice</h3>`,
    table({
      id: 'ties-table',
      caption:
        'What all accounts add up to, beside the main account’s usage with its subaccounts and Twilio’s invoice; the difference is of the days of which both are known',
      columns: [
        { head: 'Currency' },
        { head: 'Category' },
        figure('All accounts'),
        figure('Main account'),
        figure('Difference'),
        { head: 'Result' },
        figure('Invoice'),
        { head: 'Result' },
      ],
      rows: rows.slice(0, tiesShownMax).map((row) => ({
        head: row.currency ?? '',
        cells: [
          row.category ?? '',
          exact(row.accounts_cost),
          exact(row.consolidated_cost),
          exact(row.difference),
          statusOf(row.status),
          row.invoice_amount === null ? html`<span class="note">none given</span>` : exact(row.invoice_amount),
          row.invoice_status === null || row.invoice_status === '' ? '' : statusOf(row.invoice_status),
        ],
      })),
    }),
    rows.length > tiesShownMax ? note(`${several(rows.length - tiesShownMax, 'more row')} in tie_out.csv.`) : undefined,
  ];
}

/** How many customers ended how, and the worst by name. */
function openCustomers(customers: readonly ReportRow[]): Content {
  const worstFirst = statuses.toReversed();
  const counts = worstFirst.flatMap((status) => {
    const count = customers.filter((row) => row.status === status).length;
    return count === 0 ? [] : [html`<li>${statusOf(status)} ${counted(String(count))}</li>`];
  });
  const open = worstFirst.flatMap((status) =>
    customers.filter((row) => row.status === status && status !== 'agrees' && status !== 'explained'),
  );
  return [
    html`<h3>Customers by result, each once for a currency</h3><ul class="counts">${counts}</ul>`,
    open.length === 0
      ? undefined
      : foldedTable(
          `The ${several(Math.min(open.length, customersShown), 'customer')} of ${open.length} that are not settled, the worst first`,
          {
            id: 'open-customers-table',
            caption: 'Customers whose comparison is not settled',
            columns: [
              { head: 'Customer' },
              { head: 'Currency' },
              { head: 'Result' },
              figure('Records'),
              figure('Usage Records'),
              figure('Difference'),
              figure('of it unexplained'),
            ],
            rows: open.slice(0, customersShown).map((row) => ({
              head: nameOf(row.subject),
              cells: [
                row.currency || notKnown,
                statusOf(row.status),
                exact(row.itemised_cost),
                exact(row.usage_cost),
                exact(row.difference),
                exact(row.unexplained),
              ],
            })),
          },
        ),
  ];
}
