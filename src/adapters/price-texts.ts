/** What `inspectPrices` found in the rows of a page. */
export interface InspectedPrices {
  /** The rows, with every price that came as a JSON number put in quotes, digit for digit. */
  readonly rows: Buffer;
  /** How often the key "price" stands in it. */
  readonly priceKeys: number;
  /** How many prices were numbers. */
  readonly quoted: number;
}

const key = Buffer.from('"price"');
const quote = Buffer.from('"');

/**
 * Twilio sends prices as texts. Where one comes as a JSON number, every JSON parser would make a binary float of it, so it is
 * quoted here, before anything parses it. One pass over the keys; nothing is copied while prices are texts.
 */
export function inspectPrices(rows: Buffer): InspectedPrices {
  const parts: Buffer[] = [];
  let priceKeys = 0;
  let quoted = 0;
  let copiedTo = 0;
  for (let at = rows.indexOf(key); at !== -1; at = rows.indexOf(key, at + key.length)) {
    const start = valueStart(rows, at + key.length);
    if (start === undefined) continue;
    priceKeys += 1;
    const end = numberEnd(rows, start);
    if (end === start) continue;
    quoted += 1;
    parts.push(rows.subarray(copiedTo, start), quote, rows.subarray(start, end), quote);
    copiedTo = end;
  }
  if (quoted === 0) return { rows, priceKeys, quoted };
  return { rows: Buffer.concat([...parts, rows.subarray(copiedTo)]), priceKeys, quoted };
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;

/** Where the value behind a key begins; undefined where no colon follows, so that it was a text and no key. */
function valueStart(rows: Buffer, from: number): number | undefined {
  let at = from;
  while (isSpace(rows[at])) at += 1;
  if (rows[at] !== 0x3a) return undefined;
  at += 1;
  while (isSpace(rows[at])) at += 1;
  return at;
}

/** Bytes of JSON numbers. */
const numberBytes = new Set(Buffer.from('+-.0123456789eE'));

/** The end of a JSON number that begins at `start`; `start` itself where there is none. */
function numberEnd(rows: Buffer, start: number): number {
  const first = rows[start];
  if (first === undefined || !(first === 0x2d || (first >= 0x30 && first <= 0x39))) return start;
  let at = start;
  while (numberBytes.has(rows[at] ?? 0)) at += 1;
  return at;
}
