import { eachValue, mark, nonSpace, textAt } from './json-bytes.js';
import { PlainDecimal, unitsOfOne } from './plain-decimal.js';

/** What the prices of one currency add up to, worked out from a page's bytes: nobody else's parser has a part in it. */
export interface PriceTotal {
  /** Upper case; empty where Twilio gives none. */
  readonly currency: string;
  readonly rows: number;
  /** Prices that are plain decimals which fit DECIMAL(18,8): the rule of queries/raw/landing_controls.sql. */
  readonly priced: number;
  /** Of those, in hundred-millionths, with Twilio's sign. */
  readonly sum: bigint;
}

/** `starts` are where the values of "price" begin. Undefined where they cannot be paired with those of "price_unit". */
export function priceTotals(json: Buffer, starts: readonly number[]): PriceTotal[] | undefined {
  return totalsOf(json, starts, unitBehind) ?? totalsInOrder(json, starts);
}

/** Totals of the same currency added together, in order of currency. */
export function addTotals(totals: Iterable<PriceTotal>): PriceTotal[] {
  const added = new Map<string, { currency: string; rows: number; priced: number; sum: bigint }>();
  for (const { currency, rows, priced, sum } of totals) {
    const total = added.get(currency) ?? { currency, rows: 0, priced: 0, sum: 0n };
    total.rows += rows;
    total.priced += priced;
    total.sum += sum;
    added.set(currency, total);
  }
  return [...added.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/** Finds where the value of "price_unit" begins; -1 where it cannot be told. `end` is where the row's price ends. */
type FindUnit = (json: Buffer, end: number, row: number) => number;

const unitKey = Buffer.from('"price_unit"');

/** Twilio writes the unit right behind the price: looked for there, no page is searched a second time. */
function unitBehind(json: Buffer, end: number): number {
  const comma = nonSpace(json, end, 1);
  const key = nonSpace(json, comma + 1, 1);
  if (json[comma] !== mark.comma) return -1;
  for (let index = 0; index < unitKey.length; index += 1) if (json[key + index] !== unitKey[index]) return -1;
  const colon = nonSpace(json, key + unitKey.length, 1);
  return json[colon] === mark.colon ? nonSpace(json, colon + 1, 1) : -1;
}

/** Every row has one price and one unit, so that they pair up by order wherever in their row they stand. */
function totalsInOrder(json: Buffer, starts: readonly number[]): PriceTotal[] | undefined {
  const units: number[] = [];
  eachValue(json, 'price_unit"', (start) => units.push(start));
  return units.length === starts.length ? totalsOf(json, starts, (_, __, row) => units[row] ?? -1) : undefined;
}

function totalsOf(json: Buffer, starts: readonly number[], findUnit: FindUnit): PriceTotal[] | undefined {
  const sums = new Map<string, Sum>();
  const price = new PlainDecimal();
  let lastCode = -1;
  let last: Sum | undefined;
  for (let row = 0; row < starts.length; row += 1) {
    price.read(json, starts[row] as number);
    const unit = findUnit(json, price.end, row);
    if (unit === -1) return undefined;
    // Row after row is of the same currency: its three letters are compared as one number.
    const code = threeLetters(json, unit);
    if (last === undefined || code === -1 || code !== lastCode) {
      const currency = currencyAt(json, unit);
      if (currency === undefined) return undefined;
      last = sums.get(currency) ?? new Sum();
      sums.set(currency, last);
      lastCode = code;
    }
    last.add(price);
  }
  return addTotals([...sums].map(([currency, { rows, priced, units }]) => ({ currency, rows, priced, sum: units })));
}

/** Three bytes in quotes as one number, -1 for anything else. */
function threeLetters(json: Buffer, start: number): number {
  if (json[start] !== mark.quote || json[start + 4] !== mark.quote || json[start + 3] === mark.backslash) return -1;
  return json.readUIntBE(start + 1, 3);
}

/** Undefined where the unit is neither a text nor null. */
function currencyAt(json: Buffer, start: number): string | undefined {
  if (json[start] === mark.quote) return textAt(json, start)?.toUpperCase();
  return json.toString('latin1', start, start + 4) === 'null' ? '' : undefined;
}

/** Whole and fraction apart, so that both stay far below what a number holds exactly; what has grown large becomes a bigint. */
class Sum {
  rows = 0;
  priced = 0;
  private settled = 0n;
  private whole = 0;
  private fraction = 0;

  add(price: PlainDecimal): void {
    this.rows += 1;
    if (!price.isPlain) return;
    this.priced += 1;
    this.whole += price.whole;
    this.fraction += price.fraction;
    if (Math.abs(this.whole) < 2 ** 51) return;
    this.settled = this.units;
    this.whole = 0;
    this.fraction = 0;
  }

  get units(): bigint {
    return this.settled + BigInt(this.whole) * unitsOfOne + BigInt(this.fraction);
  }
}
