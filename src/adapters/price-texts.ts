/** What `inspectPrices` found in the rows of a page. */
export interface InspectedPrices {
  /** The rows, with every price that came as a JSON number put in quotes, digit for digit. */
  readonly text: string;
  /** How often the key "price" stands in it. */
  readonly priceKeys: number;
  /** How many prices were numbers. */
  readonly quoted: number;
}

const key = '"price"';

/**
 * Twilio sends prices as texts. Where one comes as a JSON number, every JSON parser would make a binary float of it, so it is
 * quoted here, before anything parses it. One pass over the keys, nothing per record is made while prices are texts.
 */
export function inspectPrices(rowsText: string): InspectedPrices {
  const parts: string[] = [];
  let priceKeys = 0;
  let copiedTo = 0;
  for (let at = rowsText.indexOf(key); at !== -1; at = rowsText.indexOf(key, at + key.length)) {
    const start = valueStart(rowsText, at + key.length);
    if (start === undefined) continue;
    priceKeys += 1;
    const end = numberEnd(rowsText, start);
    if (end === start) continue;
    parts.push(rowsText.slice(copiedTo, start), '"', rowsText.slice(start, end), '"');
    copiedTo = end;
  }
  if (parts.length === 0) return { text: rowsText, priceKeys, quoted: 0 };
  const quoted = parts.length / 4;
  parts.push(rowsText.slice(copiedTo));
  return { text: parts.join(''), priceKeys, quoted };
}

const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

/** Where the value behind a key begins; undefined where no colon follows, so that it was a text and no key. */
function valueStart(text: string, from: number): number | undefined {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  if (text[at] !== ':') return undefined;
  at += 1;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** The end of a JSON number that begins at `start`; `start` itself where there is none. */
function numberEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first !== 45 && !(first >= 48 && first <= 57)) return start;
  let at = start;
  while (at < text.length && '+-.0123456789eE'.includes(text.charAt(at))) at += 1;
  return at;
}
