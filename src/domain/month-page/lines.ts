import type { Day } from '../period.js';
import { dayNumber, shortDay } from './calendar.js';
import { tickLabel } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { fullLength, percent, type Scale, scaleOf } from './scale.js';
import { anchorAt, type ChartText, chart } from './svg.js';

export interface Line {
  readonly name: string;
  /** One of the style's, which gives it its colour and its own kind of stroke. */
  readonly kind: string;
  /** By day, in hundred-millionths; undefined = not known: the line is broken there. */
  readonly values: readonly (bigint | undefined)[];
}

const topPx = 40;
const plotPx = 190;
const bottomPx = topPx + plotPx;
/** Left of it: amounts. */
const gutter = '13%';
const plotWidth = '87%';
/** Below it: marks of days that are not known whole, and the days. */
const heightPx = bottomPx + 38;

/** Lines over days; `marked` are days on which a part is not known. */
export function lineChart(
  text: ChartText,
  days: readonly Day[],
  lines: readonly Line[],
  marked: readonly boolean[],
): Markup {
  const scale = scaleOf(lines.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  return chart(text, heightPx, [
    legend(lines, marked.includes(true)),
    axis(scale),
    html`<svg x="${gutter}" y="${topPx}" width="${plotWidth}" height="${plotPx}" viewBox="0 0 ${fullLength} ${fullLength}" preserveAspectRatio="none" overflow="visible">${lines.map(({ kind, values }) => html`<path class="line ${kind}" d="${pathOf(scale, values)}"/>`)}</svg>
`,
    html`<svg x="${gutter}" width="${plotWidth}" height="${heightPx}" overflow="visible">${dayTicks(days)}${markedRuns(marked)}</svg>`,
  ]);
}

/** Where the middle of a day lies across. */
const across = (index: number, count: number): number => Math.floor(((2 * index + 1) * fullLength) / (2 * count));

/** The pieces between days that are not known; a day alone is a dot, which a line of no length with a round end is. */
function pathOf(scale: Scale, values: Line['values']): string {
  const steps: string[] = [];
  let drawing = false;
  values.forEach((value, index) => {
    if (value === undefined) {
      drawing = false;
      return;
    }
    const at = `${across(index, values.length)} ${fullLength - scale.place(value)}`;
    const isAlone = !drawing && values[index + 1] === undefined;
    steps.push(drawing ? `L${at}` : isAlone ? `M${at}L${at}` : `M${at}`);
    drawing = true;
  });
  return steps.join('');
}

function axis(scale: Scale): Content {
  return scale.ticks.map((tick) => {
    const y = topPx + Math.floor(((fullLength - scale.place(tick)) * plotPx) / fullLength);
    return html`<line class="${tick === 0n ? 'zero' : 'grid'}" x1="${gutter}" x2="100%" y1="${y}" y2="${y}"/><svg width="${gutter}" height="${heightPx}" overflow="visible"><text class="tick" x="88%" y="${y + 4}" text-anchor="end">${tickLabel(tick)}</text></svg>
`;
  });
}

function legend(lines: readonly Line[], hasMarks: boolean): Content {
  const items = lines.map(({ name, kind }, index) => {
    const x = percent(Math.floor((index * fullLength) / 4));
    return html`<svg x="${x}" width="25%" height="20"><path class="line ${kind}" d="M1 10H23"/><text class="name" x="30" y="14">${name}</text></svg>`;
  });
  const mark = html`<svg x="75%" width="25%" height="20"><rect class="mark" x="1" y="7" width="22" height="6"/><text class="name" x="30" y="14">in part</text></svg>`;
  return [items, hasMarks ? mark : undefined];
}

const dayTicks = (days: readonly Day[]): Content =>
  days.map((day, index) => {
    if (dayNumber(day) % 7 !== 1) return undefined;
    const place = across(index, days.length);
    const x = percent(place);
    return html`<line class="zero" x1="${x}" x2="${x}" y1="${bottomPx}" y2="${bottomPx + 5}"/><text class="tick" x="${x}" y="${heightPx - 4}" text-anchor="${anchorAt(place)}">${shortDay(day)}</text>`;
  });

/** A frame below each run of days that are not known whole. */
function markedRuns(marked: readonly boolean[]): Content {
  const edge = (index: number): number => Math.floor((index * fullLength) / marked.length);
  return marked.map((isMarked, first) => {
    if (!isMarked || marked[first - 1] === true) return undefined;
    const next = marked.indexOf(false, first);
    const from = edge(first);
    const to = edge(next === -1 ? marked.length : next);
    return html`<rect class="mark" x="${percent(from)}" width="${percent(to - from)}" y="${bottomPx + 8}" height="6"/>`;
  });
}
