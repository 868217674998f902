import type { ReportRow } from '../reconciliation.js';
import { barChart } from './bars.js';
import { counted, exact, rounded, unitsOf } from './figures.js';
import type { Content, Markup } from './html.js';
import { ofCurrency, type PageData, shownCurrencies } from './page-data.js';
import { byCurrency, currencyHeading, note, paragraph, section, words } from './parts.js';
import { figure, foldedTable } from './table.js';

/** Rows of one currency that are shown; there are few families and directions. */
const rowsShown = 40;

const serviceNames: Readonly<Record<string, string>> = { calls: 'Calls', messages: 'Messages', other: 'Other' };

/** Cost by service, and by direction or family of other charges. */
export function servicesSection({ rows }: PageData): Markup {
  const currencies = shownCurrencies(rows).filter((currency) => ofCurrency(rows.services, currency).length > 0);
  if (currencies.length === 0)
    return section('services', 'Cost by service and direction', paragraph('No cost is known.'));
  return section('services', 'Cost by service and direction', [
    byCurrency(currencies.map((currency) => block(currency, ofCurrency(rows.services, currency)))),
    note(
      'Other cost is of the days and accounts of which Usage Records are known. Its remainder is what Twilio’s total holds beyond all categories that it lists, or lacks.',
    ),
  ]);
}

/** Within its service; what costs the same stays in the order of the query. */
function costliestFirst(a: ReportRow, b: ReportRow): number {
  if (a.service !== b.service) return (a.service ?? '') < (b.service ?? '') ? -1 : 1;
  const [here, there] = [unitsOf(a.cost ?? ''), unitsOf(b.cost ?? '')];
  return here === there ? 0 : here > there ? -1 : 1;
}

const nameInWords = ({ service, part }: ReportRow): string => {
  const name = serviceNames[service ?? ''] ?? service ?? '';
  if (part === '' || part === null) return `${name}, direction not given`;
  return `${name}, ${service === 'other' ? words(part) : part}`;
};

function block(currency: string, all: readonly ReportRow[]): Content {
  const rows = all.toSorted(costliestFirst).slice(0, rowsShown);
  const bars = rows.map((row) => {
    const value = unitsOf(row.cost ?? '');
    return { name: nameInWords(row), value, text: rounded(value), kind: row.service ?? '' };
  });
  const text = {
    id: `services-${currency}`,
    title: `${currency}: cost by service and direction`,
    description: `${bars.map(({ name, text: amount }) => `${name} ${amount}`).join('; ')}.`,
  };
  return [
    currencyHeading(currency),
    barChart(text, bars),
    foldedTable(`${currency}: the figures by service`, {
      id: `${text.id}-table`,
      caption: `${currency}: cost by service and direction`,
      columns: [
        { head: 'Service' },
        figure('Cost'),
        figure('Records'),
        figure('Minutes, segments or units'),
        figure('Without a price'),
      ],
      rows: rows.map((row) => ({
        head: nameInWords(row),
        cells: [exact(row.cost), counted(row.record_count), counted(row.units), counted(row.unpriced_count)],
      })),
    }),
  ];
}
