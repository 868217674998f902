import { type Content, html, type Markup } from './html.js';

/** What every chart has: an id of its own in the page, a title, and what it shows in words. */
export interface ChartText {
  readonly id: string;
  readonly title: string;
  /** For those who do not see it. The figures are in the table beside it. */
  readonly description: string;
}

/**
 * A chart as wide as its place: what lies across is in per cent, what lies up and down and all writing in pixels, so that nothing is
 * stretched and writing has its size on a phone as on paper.
 */
export const chart = ({ id, title, description }: ChartText, heightPx: number, content: Content): Markup => html`
<svg class="chart" role="img" width="100%" height="${heightPx}" aria-labelledby="${id}-title" aria-describedby="${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${content}
</svg>`;

/** Code points of a name that a chart shows; the table has it whole. */
const labelCharactersMax = 40;

/** A name for a place in a chart. */
export function label(text: string): string {
  const characters = [...text];
  return characters.length <= labelCharactersMax ? text : `${characters.slice(0, labelCharactersMax - 1).join('')}…`;
}

/** How a text is held where it stands: the outermost ones must not reach over the edge. */
export const anchorAt = (place: number): 'start' | 'middle' | 'end' =>
  place < 700 ? 'start' : place > 9300 ? 'end' : 'middle';
