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

/** Adds up the prices of a page, each as soon as it is found: while its bytes are at hand. */
export class PriceTotals {
  private readonly sums = new Map<string, Sum>();
  private readonly price = new PlainDecimal();
  private last: Sum | undefined;
  private lastCode = -1;
  private pairsUp = true;

  constructor(private readonly json: Buffer) {}

  /** The price whose value begins at `start`. Twilio writes the unit right behind it: no page is searched a second time. */
  add(start: number): void {
    if (!this.pairsUp) return;
    this.price.read(this.json, start);
    const unit = unitBehind(this.json, this.price.end);
    this.pairsUp = unit !== -1 && this.count(unit);
  }

  /**
   * All that was added. Where a unit stands elsewhere, those of the page are paired with `starts`, the prices, by order: every row
   * has one of each. Undefined where it has not.
   */
  finish(starts: readonly number[]): PriceTotal[] | undefined {
    if (!this.pairsUp && !this.pairInOrder(starts)) return undefined;
    return addTotals(
      [...this.sums].map(([currency, { rows, priced, units }]) => ({ currency, rows, priced, sum: units })),
    );
  }

  private pairInOrder(starts: readonly number[]): boolean {
    this.sums.clear();
    this.last = undefined;
    const units: number[] = [];
    eachValue(this.json, 'price_unit"', (start) => units.push(start));
    if (units.length !== starts.length) return false;
    return starts.every((start, row) => {
      this.price.read(this.json, start);
      return this.count(units[row] ?? -1);
    });
  }

  /** Counts the price that was read last; false where its unit is neither a text nor null. */
  private count(unit: number): boolean {
    // Row after row is of the same currency: its three letters are compared as one number.
    const code = threeLetters(this.json, unit);
    if (this.last === undefined || code === -1 || code !== this.lastCode) {
      const currency = currencyAt(this.json, unit);
      if (currency === undefined) return false;
      this.last = this.sums.get(currency) ?? new Sum();
      this.sums.set(currency, this.last);
      this.lastCode = code;
    }
    this.last.add(this.price);
    return true;
  }
}

const unitKey = Buffer.from('"price_unit"');

/** Where the value of "price_unit" begins, if that is what stands behind `end`; otherwise -1. */
function unitBehind(json: Buffer, end: number): number {
  const comma = nonSpace(json, end, 1);
  const key = nonSpace(json, comma + 1, 1);
  if (json[comma] !== mark.comma) return -1;
  for (let index = 0; index < unitKey.length; index += 1) if (json[key + index] !== unitKey[index]) return -1;
  const colon = nonSpace(json, key + unitKey.length, 1);
  return json[colon] === mark.colon ? nonSpace(json, colon + 1, 1) : -1;
}

/** Three bytes in quotes as one number, -1 for anything else. */
function threeLetters(json: Buffer, start: number): number {
  const third = json[start + 3] ?? 0;
  if (json[start] !== mark.quote || json[start + 4] !== mark.quote || third === mark.backslash) return -1;
  return ((json[start + 1] ?? 0) << 16) | ((json[start + 2] ?? 0) << 8) | third;
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
