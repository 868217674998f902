import { eachValue, mark, nonSpace } from './json-bytes.js';
import { type PriceTotal, PriceTotals } from './price-totals.js';

/** The rows of a page, made ready for DuckDB. */
export interface SlimRows {
  /** The JSON array as it came, less `subresource_uris`, and with every price in quotes. */
  readonly json: Buffer;
  /** How often the key "price" stands in it. */
  readonly priceKeys: number;
  /** How many prices came as numbers. */
  readonly quoted: number;
  /** What the prices add up to as they came: the first control total. Undefined where prices and price units do not pair up. */
  readonly received: readonly PriceTotal[] | undefined;
}

const urisKey = Buffer.from('"subresource_uris"');

/**
 * Rows of which `dropUris` has left the rest. A price that comes as a JSON number is quoted digit for digit, because every JSON parser
 * would make a binary float of it.
 */
export function withPrices(json: Buffer): SlimRows {
  const { starts, numbers, received } = findPrices(json);
  return {
    json: numbers.length === 0 ? json : quoteNumbers(json, numbers),
    priceKeys: starts.length,
    quoted: numbers.length,
    received,
  };
}

/**
 * Works in place, without an object per record: `rows` is overwritten, and what comes out lies in it. `subresource_uris`, which is half
 * of a page and kept nowhere, is left out, so that nobody parses it. Each `,"subresource_uris":{…}` whose end is certain is dropped;
 * anything else stays as it is. Looked for by its brace: there are two in a row, so that the search hardly ever stops.
 */
export function dropUris(rows: Buffer): Buffer {
  let copiedTo = 0;
  let length = 0;
  for (let open = rows.indexOf(mark.objectStart), next: number; open !== -1; open = next) {
    next = rows.indexOf(mark.objectStart, open + 1);
    const comma = urisComma(rows, open);
    const close = comma === undefined ? undefined : flatObjectEnd(rows, open, next);
    if (comma === undefined || close === undefined) continue;
    rows.copyWithin(length, copiedTo, comma);
    length += comma - copiedTo;
    copiedTo = close + 1;
  }
  if (copiedTo === 0) return rows;
  rows.copyWithin(length, copiedTo);
  return rows.subarray(0, length + rows.length - copiedTo);
}

/** Where the comma stands before `"subresource_uris":` if that is what stands before the brace at `open`. */
function urisComma(rows: Buffer, open: number): number | undefined {
  const colon = nonSpace(rows, open - 1, -1);
  if (rows[colon] !== mark.colon) return undefined;
  const key = nonSpace(rows, colon - 1, -1) + 1 - urisKey.length;
  for (let index = 0; index < urisKey.length; index += 1) if (rows[key + index] !== urisKey[index]) return undefined;
  const comma = nonSpace(rows, key - 1, -1);
  return rows[comma] === mark.comma ? comma : undefined;
}

/** What may stand before a quote that opens a text. Before one that closes it, almost anything else does. */
const beforeOpening = new Set(Buffer.from('{[,: \t\r\n'));

/**
 * The brace that closes an object of texts; `nested` is the next one that opens, or -1. The first brace counts if no other was opened
 * and it stands outside of any text: behind a quote that neither is escaped nor can be an opening one. Undefined where that is not sure.
 */
function flatObjectEnd(rows: Buffer, open: number, nested: number): number | undefined {
  const close = rows.indexOf(mark.objectEnd, open);
  if (close === -1 || (nested !== -1 && nested < close)) return undefined;
  const last = nonSpace(rows, close - 1, -1);
  if (last === open) return close;
  const before = rows[last - 1] ?? 0;
  return rows[last] === mark.quote && before !== mark.backslash && !beforeOpening.has(before) ? close : undefined;
}

interface FoundPrices {
  /** Where the values of "price" begin. */
  readonly starts: readonly number[];
  /** Those among them that are JSON numbers. */
  readonly numbers: readonly { readonly start: number; readonly end: number }[];
  readonly received: readonly PriceTotal[] | undefined;
}

function findPrices(json: Buffer): FoundPrices {
  const starts: number[] = [];
  const numbers: { start: number; end: number }[] = [];
  const totals = new PriceTotals(json);
  eachValue(json, 'price"', (start) => {
    starts.push(start);
    totals.add(start);
    const end = numberEnd(json, start);
    if (end > start) numbers.push({ start, end });
  });
  return { starts, numbers, received: totals.finish(starts) };
}

/** Longer than before, so in new room. */
function quoteNumbers(json: Buffer, numbers: readonly { start: number; end: number }[]): Buffer {
  const quote = Buffer.from('"');
  const parts: Buffer[] = [];
  let copiedTo = 0;
  for (const { start, end } of numbers) {
    parts.push(json.subarray(copiedTo, start), quote, json.subarray(start, end), quote);
    copiedTo = end;
  }
  return Buffer.concat([...parts, json.subarray(copiedTo)]);
}

/** Bytes of JSON numbers. */
const numberBytes = new Set(Buffer.from('+-.0123456789eE'));

/** The end of a JSON number that begins at `start`; `start` itself where there is none. */
function numberEnd(rows: Buffer, start: number): number {
  const first = rows[start] ?? 0;
  if (first !== mark.minus && !(first >= mark.zero && first <= mark.nine)) return start;
  let at = start;
  while (numberBytes.has(rows[at] ?? 0)) at += 1;
  return at;
}
