import type { ReportRow } from '../reconciliation.js';
import { barChart } from './bars.js';
import { counted, exact, rounded, several, unitsOf } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { ofCurrency, type PageData, shownCurrencies } from './page-data.js';
import { byCurrency, currencyHeading, customerOf, note, paragraph, section, statusOf } from './parts.js';
import { figure, foldedTable } from './table.js';

/** What each customer cost: the twenty that cost most, and all others together. */
export function customersSection({ rows }: PageData): Markup {
  const currencies = shownCurrencies(rows);
  if (currencies.length === 0) return section('customers', 'Cost by customer', paragraph('No cost is known.'));
  return section('customers', 'Cost by customer', [
    byCurrency(currencies.map((currency) => block(currency, ofCurrency(rows.customers, currency)))),
    note(
      html`All customers are in <a href="customer_cost.csv">customer_cost.csv</a>; each name leads to the customer’s statement.`,
    ),
  ]);
}

const isRest = (row: ReportRow): boolean => row.place === '21';

const nameInWords = (row: ReportRow): string =>
  isRest(row) ? several(BigInt(row.customers_count ?? 0), 'other customer') : (row.customer_name ?? '');

function block(currency: string, rows: readonly ReportRow[]): Content {
  const bars = rows.map((row) => {
    const value = unitsOf(row.known_cost ?? '');
    const isKnown = row.total_cost !== null;
    return {
      name: nameInWords(row),
      value,
      text: isKnown ? rounded(value) : `${rounded(value)} so far`,
      kind: isKnown ? (isRest(row) ? 'rest' : 'whole') : 'open',
    };
  });
  const count = rows.reduce((sum, row) => sum + BigInt(row.customers_count ?? 0), 0n);
  const unknown = rows.filter((row) => row.total_cost === null).length;
  const text = {
    id: `customers-${currency}`,
    title: `${currency}: cost by customer`,
    description: `${several(count, 'customer')}, those that cost most first.${unknown > 0 ? ' Where the total is not known, the bar is what is known of it, and has a broken edge.' : ''} The table has the figures.`,
  };
  return [
    currencyHeading(currency, several(count, 'customer')),
    barChart(text, bars),
    foldedTable(`${currency}: the figures of these customers`, {
      id: `${text.id}-table`,
      caption: `${currency}: cost by customer`,
      columns: [
        { head: 'Customer' },
        figure('Total'),
        figure('Calls'),
        figure('Messages'),
        figure('Other'),
        figure('Without a price'),
        { head: 'Reconciliation' },
      ],
      rows: rows.map((row) => ({
        head: isRest(row) ? nameInWords(row) : customerOf(row.customer_id, row.customer_name),
        cells: [
          exact(row.total_cost),
          exact(row.calls_cost),
          exact(row.messages_cost),
          exact(row.other_cost),
          counted(row.unpriced_count),
          statusOf(row.reconciliation),
        ],
        isSum: isRest(row),
      })),
    }),
  ];
}
