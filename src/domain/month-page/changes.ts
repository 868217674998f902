import type { ReportRow } from '../reconciliation.js';
import { barChart } from './bars.js';
import { monthName } from './calendar.js';
import { changed, exact, rounded, several, signed, unitsOf } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { ofCurrency, type PageData, shownCurrencies } from './page-data.js';
import { byCurrency, currencyHeading, customerOf, note, paragraph, section } from './parts.js';
import { comparability } from './previous.js';
import { figure, foldedTable } from './table.js';

/** What is said of a customer that was there in one of the months only. */
const presences: Readonly<Record<string, string>> = { new: 'new', gone: 'gone' };

/** What became of the cost since the month before. */
export function changesSection(data: PageData): Markup {
  const { rows } = data;
  const month = monthName(rows.previousMonth[0]?.month ?? '');
  const title = 'Since the month before';
  const obstacle = comparability(data);
  if (obstacle !== undefined) return section('changes', title, paragraph(obstacle));
  const currencies = shownCurrencies(rows).filter((currency) => ofCurrency(rows.changes, currency).length > 0);
  if (currencies.length === 0) return section('changes', title, paragraph('There is nothing to compare.'));
  return section('changes', title, [
    paragraph(`Total cost beside that of ${month}, and the customers whose cost changed most.`),
    byCurrency(currencies.map((currency) => block(currency, month, ofCurrency(rows.changes, currency)))),
    note(`${month} is what the ledger holds of it now: where it is closed, its published files may say less.`),
  ]);
}

function block(currency: string, month: string, rows: readonly ReportRow[]): Content {
  const known = rows.filter(({ place, change }) => place !== '0' && typeof change === 'string');
  const bars = known.map((row) => {
    const value = unitsOf(row.change ?? '');
    const presence = presences[row.presence ?? ''];
    const text = `${signed(value)}${presence === undefined ? '' : ` · ${presence}`}`;
    return { name: row.customer_name ?? '', value, text, kind: 'whole' };
  });
  const text = {
    id: `changes-${currency}`,
    title: `${currency}: the largest changes since ${month}`,
    description: `${several(bars.filter(({ value }) => value > 0n).length, 'customer')} cost more, ${bars.filter(({ value }) => value < 0n).length} less. The table has the figures.`,
  };
  return [
    currencyHeading(currency),
    paragraph(
      together(
        month,
        rows.find(({ place }) => place === '0'),
      ),
    ),
    bars.length === 0 ? note('No change of a customer is known.') : barChart(text, bars),
    foldedTable(`${currency}: the figures beside ${month}`, {
      id: `${text.id}-table`,
      caption: `${currency}: total cost beside ${month}`,
      columns: [{ head: 'Customer' }, figure('Change'), figure('This month'), figure(month)],
      rows: rows.map((row) => ({
        head: row.place === '0' ? 'All customers' : named(row),
        cells: [exact(row.change), exact(row.total_cost), exact(row.previous_cost)],
        isSum: row.place === '0',
      })),
    }),
  ];
}

/** All customers together. */
function together(month: string, all: ReportRow | undefined): string {
  const { change, previous_cost: previous, total_cost: total } = all ?? {};
  if (typeof previous !== 'string') return `All customers together: ${month} is not known whole.`;
  if (typeof change !== 'string' || typeof total !== 'string')
    return 'All customers together: this month is not known whole.';
  return `All customers together: ${rounded(unitsOf(previous))} became ${rounded(unitsOf(total))}, ${changed(unitsOf(change), unitsOf(previous))}.`;
}

/** A customer of which nothing is there this month has no statement to be linked to. */
function named(row: ReportRow): Content {
  const presence = presences[row.presence ?? ''];
  const isTold = presence !== undefined && typeof row.change === 'string';
  const name =
    row.presence === 'gone'
      ? html`<bdi class="name">${row.customer_name ?? ''}</bdi>`
      : customerOf(row.customer_id, row.customer_name);
  return isTold ? html`${name} <span class="note">${presence}</span>` : name;
}
