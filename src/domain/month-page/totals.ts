import type { ReportRow } from '../reconciliation.js';
import { shareBar } from './bars.js';
import { monthName } from './calendar.js';
import { changed, counted, exact, percentOf, rounded, several, unitsOf } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { costParts, currenciesOf, currenciesShown, ofCurrency, type PageData, type PageRows } from './page-data.js';
import { note, paragraph, section } from './parts.js';
import { comparability } from './previous.js';
import { figure, table } from './table.js';

/** What the month cost, by currency. */
export function totalsSection(data: PageData): Markup {
  const { rows } = data;
  const currencies = currenciesOf(rows);
  if (currencies.length === 0) return section('totals', 'Totals', paragraph('No cost is known of this month.'));
  return section('totals', 'Totals', [
    html`<div class="cards">${currencies.slice(0, currenciesShown).map((row) => card(data, row))}</div>`,
    currencies.length > currenciesShown
      ? note(`The table has ${several(currencies.length - currenciesShown, 'more currency', 'more currencies')}.`)
      : undefined,
    totalsTable(currencies),
    note(
      'Large figures are rounded to two decimals; tables are exact, digit for digit as in the CSV files. Other is what Twilio’s Usage Records hold beyond calls and messages: numbers, recordings, carriers’ fees and so on.',
    ),
    withoutCurrency(rows),
  ]);
}

function card(data: PageData, row: ReportRow): Markup {
  const currency = row.currency ?? '';
  const isKnown = row.total_cost !== null;
  const known = unitsOf(row.known_cost ?? '0.00000000');
  return html`
<div class="card">
<h3>${currency} <span class="note">${isKnown ? 'total' : 'known so far'}</span></h3>
<p class="large">${rounded(known)}</p>
<p class="note">${isKnown ? since(data, currency) : `Total not known: other cost of ${several(BigInt(row.unknown_customers ?? 0), 'customer')} is not known whole.`}</p>
${composition(row)}
</div>`;
}

/** How the known cost is made up. A part below zero cannot be a share: then there are only the words. */
function composition(row: ReportRow): Content {
  const shares = costParts.map(([kind, name, column]) => ({ kind, name, value: unitsOf(row[column] ?? '0.00000000') }));
  const whole = shares.reduce((sum, { value }) => sum + value, 0n);
  const isShare = shares.every(({ value }) => value >= 0n);
  const shareOf = (value: bigint): string => (isShare ? (percentOf(value, whole) ?? '') : '');
  const text = {
    id: `share-${row.currency}`,
    title: `${row.currency}: shares of calls, messages and other`,
    description: shares.map(({ name, value }) => `${name} ${shareOf(value)}`).join(', '),
  };
  return html`${isShare ? shareBar(text, shares) : undefined}
<dl class="shares">${shares.map(({ kind, name, value }) => html`<div><dt>${swatch(kind)} ${name}</dt><dd>${rounded(value)}</dd><dd class="note">${shareOf(value)}</dd></div>`)}</dl>`;
}

const swatch = (kind: string): Markup =>
  html`<svg aria-hidden="true" width="10" height="10"><rect class="bar ${kind}" width="10" height="10"/></svg>`;

/** What became of the total since the month before. */
function since(data: PageData, currency: string): string {
  const { rows } = data;
  const previous = rows.previousMonth[0];
  const [all] = ofCurrency(rows.changes, currency);
  const month = monthName(previous?.month ?? '');
  if (comparability(data) !== undefined) return 'Not compared with the month before.';
  if (typeof all?.change !== 'string' || typeof all.previous_cost !== 'string') return `${month} is not known whole.`;
  return `${changed(unitsOf(all.change), unitsOf(all.previous_cost))} since ${month}`;
}

const totalsTable = (currencies: readonly ReportRow[]): Markup =>
  table({
    id: 'totals-table',
    caption: 'The month by currency, exactly. Rows must not be added up.',
    columns: [
      { head: 'Currency' },
      figure('Customers'),
      figure('Calls'),
      figure('Messages'),
      figure('Cost of calls'),
      figure('Cost of messages'),
      figure('Other, as known'),
      figure('Known cost'),
      figure('Total'),
    ],
    rows: currencies.map((row) => ({
      head: row.currency ?? '',
      cells: [
        counted(row.customers_count),
        counted(row.calls_count),
        counted(row.messages_count),
        exact(row.calls_cost),
        exact(row.messages_cost),
        exact(row.other_cost),
        exact(row.known_cost),
        exact(row.total_cost),
      ],
    })),
  });

function withoutCurrency(rows: PageRows): Content {
  const row = rows.currencies.find(({ currency }) => currency === '');
  if (row === undefined) return undefined;
  const records = BigInt(row.calls_count ?? 0) + BigInt(row.messages_count ?? 0);
  return note(
    `Beside these: ${several(records, 'call or message', 'calls and messages')} that Twilio gave no currency yet, all of them without a price.`,
  );
}
