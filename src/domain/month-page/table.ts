import { type Content, html, type Markup } from './html.js';

export interface Column {
  readonly head: Content;
  /** Figures stand to the right, under each other. */
  readonly isFigure?: boolean;
}

export interface TableRow {
  /** What the row is about: its header. */
  readonly head: Content;
  readonly cells: readonly Content[];
  /** A row that adds up the others, or stands for them. */
  readonly isSum?: boolean;
}

export interface TableText {
  /** Its own in the page. */
  readonly id: string;
  readonly caption: Content;
  /** The first one is that of the rows' headers. */
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}

export const figure = (head: Content): Column => ({ head, isFigure: true });

/** A table in a box of its own, which scrolls sideways where it must, by keys too. */
export function table({ id, caption, columns, rows }: TableText): Markup {
  const className = (index: number): string => (columns[index]?.isFigure === true ? 'figure' : 'words');
  return html`
<div class="scroll" role="group" aria-labelledby="${id}" tabindex="0"><table>
<caption id="${id}">${caption}</caption>
<thead><tr>${columns.map(({ head }, index) => html`<th scope="col" class="${className(index)}">${head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ head, cells, isSum }) =>
    html`<tr${isSum === true ? html` class="sum"` : undefined}><th scope="row" class="words">${head}</th>${cells.map((cell, index) => html`<td class="${className(index + 1)}">${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;
}

/** A table that is folded away: what it is about stays to be seen. */
export const foldedTable = (summary: Content, text: TableText): Markup => html`
<details><summary>${summary}</summary>${table(text)}</details>`;
