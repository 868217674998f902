import type { ReportRow } from '../reconciliation.js';
import { shortDay } from './calendar.js';
import { counted, exact, notKnown, several } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import type { PageData } from './page-data.js';
import { note, paragraph, section } from './parts.js';
import { figure, table } from './table.js';

/** What has no price yet: how much of it, how old, and what it will probably cost. */
export function unpricedSection({ rows }: PageData): Markup {
  const count = rows.unpriced.reduce((sum, row) => sum + BigInt(row.unpriced_count ?? 0), 0n);
  if (count === 0n) return section('unpriced', 'Without a price', paragraph('Every call and message has its price.'));
  return section('unpriced', 'Without a price', [
    paragraph(
      `Twilio has not priced ${several(count, 'call or message', 'calls and messages')} yet. They are counted, and in no cost: never taken as 0.`,
    ),
    html`<div class="currencies"><div class="block">${countsTable(rows.unpriced)}</div><div class="block">${exposureTable(rows.exposure)}</div></div>`,
    note(
      html`Each of them is in <a href="unpriced.csv">unpriced.csv</a>; how each estimate was made, in <a href="unpriced_exposure.csv">unpriced_exposure.csv</a>. An estimate is in no other figure of this page.`,
    ),
  ]);
}

const countsTable = (rows: readonly ReportRow[]): Content =>
  table({
    id: 'unpriced-table',
    caption: 'How many, and how old',
    columns: [
      { head: 'Service' },
      figure('Without a price'),
      figure('Customers'),
      figure('The oldest'),
      figure('The newest'),
    ],
    rows: rows.map((row) => ({
      head: row.service ?? '',
      cells: [
        counted(row.unpriced_count),
        counted(row.customers_count),
        shortDay(row.oldest_day ?? ''),
        shortDay(row.newest_day ?? ''),
      ],
    })),
  });

const exposureTable = (rows: readonly ReportRow[]): Content =>
  table({
    id: 'exposure-table',
    caption: 'An estimate of what they will cost, told from priced ones like them',
    columns: [
      { head: 'Currency' },
      { head: 'Service' },
      figure('Without a price'),
      figure('of them estimated'),
      figure('Estimate'),
    ],
    rows: rows.map((row) => ({
      head: row.currency || notKnown,
      cells: [
        row.service ?? '',
        counted(row.unpriced_count),
        counted(row.estimated_count),
        row.estimated_cost === null
          ? html`<span class="unknown">no estimate</span>`
          : html`<em>≈ ${exact(row.estimated_cost)}</em>`,
      ],
    })),
  });
