import type { Day } from '../period.js';
import { dayNumber, shortDay } from './calendar.js';
import { type Content, html, type Markup } from './html.js';
import { fullLength, percent } from './scale.js';
import { anchorAt, type ChartText, chart, label } from './svg.js';

/** Days of one status, both inclusive. */
export interface Run {
  readonly status: string;
  readonly firstDay: Day;
  readonly lastDay: Day;
}

export interface StripRow {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** What can be known of an account and day, from whole to nothing: queries/page/page_completeness.sql. */
export const coverages = ['complete', 'empty', 'partial', 'refused', 'failed', 'missing'] as const;

const topPx = 24;
const rowPx = 22;
const cellPx = 14;
const namesWidth = '34%';
const stripLeft = '36%';
const stripWidth = '64%';

/** Accounts below each other, days side by side. Each status has a shape of its own: colour alone says nothing. */
export function heatStrip(text: ChartText, days: readonly Day[], rows: readonly StripRow[]): Markup {
  const heightPx = topPx + rowPx * rows.length + 2;
  const at = (index: number): number => Math.floor((index * fullLength) / days.length);
  const cells = rows.map(({ runs }, row) =>
    runs.map(({ status, firstDay, lastDay }) => {
      const from = at(days.indexOf(firstDay));
      return cell(status, percent(from), percent(at(days.indexOf(lastDay) + 1) - from), topPx + rowPx * row);
    }),
  );
  const cuts = days.slice(1).map((_, index) => {
    const x = percent(at(index + 1));
    return html`<line class="cut" x1="${x}" x2="${x}" y1="${topPx}" y2="${heightPx}"/>`;
  });
  return chart(text, heightPx, [
    patterns,
    html`<svg width="${namesWidth}" height="${heightPx}">${rows.map(({ name }, row) => html`<text class="name" y="${topPx + rowPx * row + 12}">${label(name)}</text>`)}</svg>
<svg x="${stripLeft}" width="${stripWidth}" height="${heightPx}">${dayTicks(days, at)}${cells}${cuts}</svg>
`,
  ]);
}

function dayTicks(days: readonly Day[], at: (index: number) => number): Content {
  return days.map((day, index) => {
    if (dayNumber(day) % 7 !== 1) return undefined;
    const middle = (at(index) + at(index + 1)) >> 1;
    return html`<text class="tick" x="${percent(middle)}" y="12" text-anchor="${anchorAt(middle)}">${shortDay(day)}</text>`;
  });
}

/** Full, thin in the middle, half, hatched, crossed, hollow. */
function cell(status: string, x: string, width: string, yPx: number): Content {
  const [downPx, highPx] = status === 'empty' ? [5, 4] : status === 'partial' ? [7, 7] : [0, cellPx];
  const hatch =
    status === 'refused' || status === 'failed'
      ? html`<rect fill="url(#hatch-${status})" x="${x}" width="${width}" y="${yPx}" height="${cellPx}"/>`
      : undefined;
  return html`<rect class="cell ${status}" x="${x}" width="${width}" y="${yPx + downPx}" height="${highPx}"/>${hatch}`;
}

const patterns = html`<defs><pattern id="hatch-refused" width="5" height="5" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 5L5 0"/></pattern><pattern id="hatch-failed" width="7" height="7" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 7L7 0M0 0L7 7"/></pattern></defs>
`;

/** The key to the strip: a picture of each status beside its word. The patterns are those of the strip. */
export const stripKey = (meanings: Readonly<Record<(typeof coverages)[number], string>>): Markup =>
  html`<ul class="key">${coverages.map((status) => html`<li><svg aria-hidden="true" width="22" height="14">${cell(status, '0', '22', 0)}</svg> <b>${status}</b> ${meanings[status]}</li>`)}</ul>`;
