/** What `slimRows` made of the rows of a page. */
export interface SlimRows {
  /** JSON as before, less `subresource_uris`, and with every price in quotes. Overwritten by the next call with this scratch. */
  readonly rows: Buffer;
  /** How often the key "price" stands in it. */
  readonly priceKeys: number;
  /** How many prices came as numbers. */
  readonly quoted: number;
}

/** Room that is used again for each page, so that nothing is allocated per page. */
export class Scratch {
  private buffer = Buffer.alloc(0);
  private length = 0;

  /** Room for a page of so many bytes, empty. */
  begin(bytesMax: number): void {
    if (this.buffer.length < bytesMax) this.buffer = Buffer.allocUnsafeSlow(bytesMax + bytesMax / 4);
    this.length = 0;
  }

  add(source: Buffer, start: number, end: number): void {
    this.length += source.copy(this.buffer, this.length, start, end);
  }

  get written(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

const byte = { quote: 0x22, minus: 0x2d, zero: 0x30, nine: 0x39, colon: 0x3a, comma: 0x2c, open: 0x7b, close: 0x7d };
/** Searched for without the first letters: those are frequent in a page, and the search stops at each of them. */
const uris = { seek: 'bresource_uris"', skip: '"su'.length };
const price = { seek: 'price"', skip: '"'.length };

/**
 * Makes a page's rows ready for DuckDB, as bytes, without an object per record. Two things: `subresource_uris`, which is half
 * of a page and kept nowhere, is left out, so that nobody parses it; and a price that comes as a JSON number is quoted digit for
 * digit, because every JSON parser would make a binary float of it. `dropping` false leaves the URIs in: for a page that turned
 * out malformed, in case it was the dropping that broke it.
 */
export function slimRows(rows: Buffer, scratch: Scratch, dropping = true): SlimRows {
  const { slim, priceKeys, numbers } = inspect(dropping ? dropUris(rows, scratch) : rows);
  return numbers.length === 0
    ? { rows: slim, priceKeys, quoted: 0 }
    : { rows: quoteNumbers(slim, numbers), priceKeys, quoted: numbers.length };
}

/** Each `,"subresource_uris":{…}` whose braces hold no braces is dropped; anything else stays as it is. */
function dropUris(rows: Buffer, scratch: Scratch): Buffer {
  let copiedTo = 0;
  scratch.begin(rows.length);
  for (let at = rows.indexOf(uris.seek); at !== -1; at = rows.indexOf(uris.seek, at + 1)) {
    const comma = nonSpace(rows, at - uris.skip - 1, -1);
    const open = valueStart(rows, at + uris.seek.length);
    if (rows[comma] !== byte.comma || open === undefined || rows[open] !== byte.open) continue;
    const close = rows.indexOf(byte.close, open);
    const nested = rows.indexOf(byte.open, open + 1);
    if (close === -1 || (nested !== -1 && nested < close)) continue;
    scratch.add(rows, copiedTo, comma);
    copiedTo = close + 1;
    at = close;
  }
  if (copiedTo === 0) return rows;
  scratch.add(rows, copiedTo, rows.length);
  return scratch.written;
}

function inspect(slim: Buffer): { slim: Buffer; priceKeys: number; numbers: { start: number; end: number }[] } {
  const numbers: { start: number; end: number }[] = [];
  let priceKeys = 0;
  for (let at = slim.indexOf(price.seek); at !== -1; at = slim.indexOf(price.seek, at + price.seek.length)) {
    if (slim[at - price.skip] !== byte.quote) continue;
    const start = valueStart(slim, at + price.seek.length);
    if (start === undefined) continue;
    priceKeys += 1;
    const end = numberEnd(slim, start);
    if (end > start) numbers.push({ start, end });
  }
  return { slim, priceKeys, numbers };
}

function quoteNumbers(slim: Buffer, numbers: readonly { start: number; end: number }[]): Buffer {
  const quote = Buffer.from('"');
  const parts: Buffer[] = [];
  let copiedTo = 0;
  for (const { start, end } of numbers) {
    parts.push(slim.subarray(copiedTo, start), quote, slim.subarray(start, end), quote);
    copiedTo = end;
  }
  return Buffer.concat([...parts, slim.subarray(copiedTo)]);
}

/** The next byte from `from` on, forwards or backwards, that is not JSON's white space. */
function nonSpace(rows: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  for (let value = rows[at]; value === 32 || value === 9 || value === 10 || value === 13; value = rows[at]) at += step;
  return at;
}

/** Where the value behind a key begins; undefined where no colon follows, so that it was a text and no key. */
function valueStart(rows: Buffer, from: number): number | undefined {
  const colon = nonSpace(rows, from, 1);
  return rows[colon] === byte.colon ? nonSpace(rows, colon + 1, 1) : undefined;
}

/** Bytes of JSON numbers. */
const numberBytes = new Set(Buffer.from('+-.0123456789eE'));

/** The end of a JSON number that begins at `start`; `start` itself where there is none. */
function numberEnd(rows: Buffer, start: number): number {
  const first = rows[start] ?? 0;
  if (first !== byte.minus && !(first >= byte.zero && first <= byte.nine)) return start;
  let at = start;
  while (numberBytes.has(rows[at] ?? 0)) at += 1;
  return at;
}
