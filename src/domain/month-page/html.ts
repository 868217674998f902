/** Text that is mark-up already: made by `html`, or by this folder from its own constants. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a page. Text is escaped, a list is its parts, nothing is nothing. Numbers are counts and coordinates: whole. */
export type Content = Markup | string | number | readonly Content[] | undefined;

/**
 * Mark-up from a template. Everything that is put in is escaped, for texts and for values of attributes in double quotes alike, but for what
 * is `Markup` itself: to forget it is impossible, to leave it out takes a word.
 */
export function html(texts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(texts.map((text, index) => text + rendered(contents[index])).join(''));
}

function rendered(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  return content.map(rendered).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Written as it is, a parser of HTML makes a line feed of it.
  '\r': '&#13;',
  // HTML has no way to write it.
  '\0': '\uFFFD',
};

const escapeText = (text: string): string => text.replaceAll(/[&<>"'\r\0]/g, (character) => entities[character] ?? '');
