import { kindOf, type ReportShape, type Texts, totalsRow } from './report-shape.js';

/**
 * The report as Markdown: its name, its purpose and one table (GitHub Flavored Markdown, tables extension), numbers to the right, a row of
 * totals in bold for each currency at the end. Amounts are the CSV's own texts; what is not known, and the empty text, are an empty cell.
 * @param totals rows of `selectTotals`
 */
export async function* markdownPieces(
  report: ReportShape,
  chunks: AsyncIterable<readonly Texts[]>,
  totals: readonly Texts[],
): AsyncGenerator<string> {
  yield `# ${markdownText(report.name)}\n\n${markdownText(report.purpose)}\n\n`;
  yield line(report.columns.map(({ name }) => markdownText(name)));
  yield line(report.columns.map(({ type }) => (kindOf(type) === 'number' ? '---:' : '---')));
  for await (const rows of chunks) {
    if (rows.length > 0) yield rows.map((row) => line(row.map((text) => markdownText(text ?? '')))).join('');
  }
  if (report.totals.length === 0) return;
  for (const total of totals) yield line(totalsRow(report, total).texts.map(bold));
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

const bold = (text: string | null): string => (text === null || text === '' ? '' : `**${markdownText(text)}**`);

/**
 * What would end a cell or a line, begin an HTML tag or an entity, or turn the direction of all that follows; a backslash, which would take
 * the meaning from what follows; blanks at either end, which would be cut off; what makes a link of a bare address. As numeric entities: those
 * are never markup (CommonMark, Entity and numeric character references). A backslash before a pipe would be read twice, by the table and in
 * its cell.
 */
const asEntity =
  /[|<>&\\]|(?![\u200c\u200d])[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|^\s|\s$|:(?=\/\/)|(?<=www)\.|@/iu;
/** What begins emphasis, code, links, struck out text or a formula. */
const asEscape = /[`*_[\]~$]/;
const special = new RegExp(`${asEntity.source}|${asEscape.source}`, 'giu');

/**
 * A text that Markdown shows as it is. Two things are beyond it: controls cannot be shown, some readers put U+FFFD there, all of them for NUL;
 * and some look for bare addresses in what they have read already, and make links that lead where they say.
 */
export const markdownText = (text: string): string =>
  text.replace(special, (character) =>
    asEscape.test(character) ? `\\${character}` : `&#${character.codePointAt(0)};`,
  );
