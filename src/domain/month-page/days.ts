import type { ReportRow } from '../reconciliation.js';
import { shortDay } from './calendar.js';
import { exact, several, unitsOf } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { lineChart } from './lines.js';
import { costParts, ofCurrency, type PageData, shownCurrencies } from './page-data.js';
import { byCurrency, currencyHeading, note, paragraph, section } from './parts.js';
import { figure, foldedTable } from './table.js';

/** Cost by day, a line each for calls, messages and the rest. */
export function daysSection({ rows }: PageData): Markup {
  const currencies = shownCurrencies(rows).filter((currency) => ofCurrency(rows.days, currency).length > 0);
  if (currencies.length === 0) return section('days', 'Cost by day', paragraph('No cost is known.'));
  return section('days', 'Cost by day', [
    byCurrency(currencies.map((currency) => block(currency, ofCurrency(rows.days, currency)))),
    note(
      'A line is broken on days of which nothing is known. A frame below days says that a list of one account at least is not known on them: the lines then show what is known.',
    ),
  ]);
}

const openOf = (row: ReportRow): readonly [string, bigint][] => [
  ['calls', BigInt(row.open_calls ?? 0)],
  ['messages', BigInt(row.open_messages ?? 0)],
  ['usage', BigInt(row.open_usage ?? 0)],
];

function block(currency: string, rows: readonly ReportRow[]): Content {
  const days = rows.map(({ day }) => day ?? '');
  const lines = costParts.map(([kind, name, column]) => ({
    kind,
    name,
    values: rows.map((row) => (typeof row[column] === 'string' ? unitsOf(row[column]) : undefined)),
  }));
  const marked = rows.map((row) => openOf(row).some(([, count]) => count > 0n));
  const text = {
    id: `days-${currency}`,
    title: `${currency}: cost by day`,
    description: `Three lines over ${several(days.length, 'day')}: calls, messages and other cost. ${several(marked.filter(Boolean).length, 'day')} not known whole. The table has the figures.`,
  };
  return [
    currencyHeading(currency),
    lineChart(text, days, lines, marked),
    foldedTable(`${currency}: the figures by day`, {
      id: `${text.id}-table`,
      caption: `${currency}: cost by day`,
      columns: [
        { head: 'Day' },
        figure('Calls'),
        figure('Messages'),
        figure('Other'),
        figure('Known cost'),
        { head: 'Accounts not known whole' },
      ],
      rows: rows.map((row) => ({
        head: shortDay(row.day ?? ''),
        cells: [
          exact(row.calls_cost),
          exact(row.messages_cost),
          exact(row.other_cost),
          exact(row.known_cost),
          openInWords(row),
        ],
      })),
    }),
  ];
}

const openInWords = (row: ReportRow): Content =>
  openOf(row)
    .filter(([, count]) => count > 0n)
    .map(([list, count], index) => html`${index > 0 ? ', ' : ''}${list} of ${String(count)}`);
