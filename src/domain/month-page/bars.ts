import { tickLabel } from './figures.js';
import { type Content, html, type Markup } from './html.js';
import { fullLength, percent, type Scale, scaleOf } from './scale.js';
import { anchorAt, type ChartText, chart, label } from './svg.js';

export interface Bar {
  readonly name: string;
  /** In hundred-millionths. */
  readonly value: bigint;
  /** What stands at its end: the value in words, with what is to be said of it. */
  readonly text: string;
  /** One of the style's: `calls`, `messages`, `other`, `rest`, `open` … */
  readonly kind: string;
}

const topPx = 26;
const rowPx = 38;
const barPx = 12;

/** Bars that lie, from zero to either side, each below its name and value: so names have the whole width on a phone. */
export function barChart(text: ChartText, bars: readonly Bar[]): Markup {
  const scale = scaleOf(bars.map(({ value }) => value));
  const heightPx = topPx + rowPx * bars.length + 4;
  return chart(text, heightPx, [
    axis(scale, heightPx),
    bars.map((bar, index) => oneBar(scale, bar, topPx + rowPx * index)),
  ]);
}

/** Lines from top to bottom, each with its amount above. */
function axis(scale: Scale, heightPx: number): Content {
  return scale.ticks.map((tick) => {
    const place = scale.place(tick);
    const x = percent(place);
    return html`<line class="${tick === 0n ? 'zero' : 'grid'}" x1="${x}" x2="${x}" y1="18" y2="${heightPx}"/><text class="tick" x="${x}" y="12" text-anchor="${anchorAt(place)}">${tickLabel(tick)}</text>
`;
  });
}

function oneBar(scale: Scale, { name, value, text, kind }: Bar, yPx: number): Content {
  const zero = scale.place(0n);
  const end = scale.place(value);
  const [from, to] = end < zero ? [end, zero] : [zero, end];
  // The inner frame cuts off a name that would run into the value.
  return html`<svg width="60%" height="${rowPx}" y="${yPx}"><text class="name" y="17">${label(name)}</text></svg><text class="value" x="100%" y="${yPx + 17}" text-anchor="end">${text}</text><rect class="bar ${kind}" x="${percent(from)}" width="${percent(to - from)}" y="${yPx + 22}" height="${barPx}"/>
`;
}

export interface Share {
  readonly value: bigint;
  readonly kind: string;
}

/** One bar that its parts divide, none of them negative. Nothing where they come to nothing. */
export function shareBar(text: ChartText, shares: readonly Share[]): Markup {
  const whole = shares.reduce((sum, { value }) => sum + value, 0n);
  if (whole === 0n) return html``;
  const place = (units: bigint): number => Number((units * BigInt(2 * fullLength) + whole) / (2n * whole));
  let before = 0n;
  const parts = shares.map(({ value, kind }) => {
    const from = place(before);
    before += value;
    return html`<rect class="bar ${kind}" x="${percent(from)}" width="${percent(place(before) - from)}" y="1" height="14"/>`;
  });
  return chart(text, 16, parts);
}
