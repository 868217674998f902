import { dayOf, piecesOf } from '../period.js';
import type { ReportRow } from '../reconciliation.js';
import { dayRange } from './calendar.js';
import { counted, several } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import type { PageData } from './page-data.js';
import { accountOf, note, paragraph, section, words } from './parts.js';
import { heatStrip, type StripRow, stripKey } from './strip.js';
import { figure, foldedTable } from './table.js';

const meanings = {
  complete: 'all three lists were read whole',
  empty: 'the same, and nothing was there',
  partial: 'a part of the day was read',
  refused: 'Twilio did not let us',
  failed: 'it was tried in vain',
  missing: 'nobody asked',
} as const;

/** What is known of each account and day. */
export function completenessSection({ rows, period }: PageData): Markup {
  const [accounts] = rows.accounts;
  const count = BigInt(accounts?.accounts_count ?? 0);
  if (count === 0n) return section('completeness', 'Completeness', paragraph('No account was asked for.'));
  const incomplete = BigInt(accounts?.incomplete_count ?? 0);
  const strips = stripsOf(rows.completeness);
  const shown = BigInt(strips.length - 1);
  const text = {
    id: 'strip',
    title: 'Completeness by account and day',
    description: `${incomplete} of ${several(count, 'account')} have days that are not known whole. The table has them.`,
  };
  return section('completeness', 'Completeness', [
    paragraph(
      incomplete === 0n
        ? `Calls, messages and Usage Records of all ${several(count, 'account')} are known for every day.`
        : `Of ${several(count, 'account')}, ${incomplete} ${incomplete === 1n ? 'has' : 'have'} days on which calls, messages or Usage Records are not known whole: ${accounts?.incomplete_days} of ${several(BigInt(accounts?.account_days ?? 0), 'account-day')}.`,
      quarantined(accounts),
    ),
    stripKey(meanings),
    heatStrip(
      text,
      piecesOf(period, 1).map(({ start }) => dayOf(start)),
      strips,
    ),
    leftOut(count, incomplete, shown),
    gapsTable(rows.gaps),
    note(html`Every account, day and list is in <a href="completeness.csv">completeness.csv</a>.`),
  ]);
}

const quarantined = (accounts: ReportRow | undefined): Content => {
  const count = BigInt(accounts?.quarantined_count ?? 0);
  return count === 0n ? undefined : ` ${several(count, 'record')} cannot be used, and are in no figure.`;
};

/** Runs of the same place come one after the other. */
function stripsOf(rows: readonly ReportRow[]): StripRow[] {
  const strips = new Map<string, { name: string; runs: StripRow['runs'][number][] }>();
  for (const row of rows) {
    const place = row.place ?? '';
    const strip = strips.get(place) ?? { name: stripName(row), runs: [] };
    strip.runs.push({ status: row.status ?? '', firstDay: row.first_day ?? '', lastDay: row.last_day ?? '' });
    strips.set(place, strip);
  }
  return [...strips.values()];
}

const stripName = (row: ReportRow): string =>
  row.place === '0' ? 'All accounts, the worst' : row.friendly_name || (row.account_sid ?? '');

/** Incomplete accounts come first, so what is left out is complete as long as there is room for the others. */
function leftOut(count: bigint, incomplete: bigint, shown: bigint): Content {
  if (shown >= count) return undefined;
  const hidden = incomplete > shown ? incomplete - shown : 0n;
  const complete = count - shown - hidden;
  return note(
    `Left out: ${several(complete, 'complete account')}${hidden > 0n ? ` and ${several(hidden, 'incomplete one')}, of which completeness.csv tells` : ''}.`,
  );
}

function gapsTable(rows: readonly ReportRow[]): Content {
  if (rows.length === 0) return undefined;
  return foldedTable('Which lists are not known whole', {
    id: 'gaps-table',
    caption: 'Lists that are not known whole, by account',
    columns: [{ head: 'Account' }, { head: 'List' }, { head: 'Status' }, figure('Days'), { head: 'Between' }],
    rows: rows.map((row) => ({
      head: accountOf(row.account_sid, row.friendly_name),
      cells: [
        words(row.resource),
        row.status ?? '',
        counted(row.day_count),
        dayRange(row.first_day ?? '', row.last_day ?? ''),
      ],
    })),
  });
}
