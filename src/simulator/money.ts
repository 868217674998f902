import type { ByteWriter } from './byte-writer.js';

/**
 * Money is a whole number of hundred-millionths of the currency unit. One record's amount fits a double exactly; sums
 * are bigint, or doubles that are checked before they are used.
 */

export const UNITS_PER_ONE = 100_000_000;
const DECIMALS = 8;

export const CURRENCIES = ['USD', 'EUR', 'JPY', 'GBP', 'BRL'] as const;

/** What one US dollar of list price is charged as, in each currency above. */
export const CURRENCY_RATES = [1, 0.92, 151.5, 0.79, 5.4] as const;

/** Fixed scale: `-12.34500000`. */
export function fixedText(units: bigint): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(DECIMALS + 1, '0');
  return `${sign}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** At least `decimals` decimals, and as many more as the value needs: `0`, `2192.84855`, `1.5000`. */
export function plainText(units: bigint, decimals: number): string {
  const text = fixedText(units);
  let end = text.length;
  const least = text.length - DECIMALS + decimals;
  while (end > least && text.charCodeAt(end - 1) === 48) end--;
  if (text.charCodeAt(end - 1) === 46) end--;
  return text.slice(0, end);
}

/** The number of decimals that Twilio shows is not constant; both `-0.200` and `-0.00750` stand in its examples. */
const PRICE_DECIMALS = [0, 5, 4, 8];

/**
 * Writes the `price` of a call or message. Twilio writes a charge as a negative number, so the sign is turned here, once.
 *
 * @param cost what was charged, in units; positive = charged
 * @param style 0 to 3: how many decimals are shown
 */
export function writePrice(target: ByteWriter, cost: number, style: number): void {
  target.decimal(-cost, PRICE_DECIMALS[style] ?? 0);
}

/** A sum of whole numbers that never loses a unit: the fast part is a double, and spills into a bigint. */
export class Sum {
  private low = 0;
  private high = 0n;

  /** @param value a whole number below 2^51 in size */
  add(value: number): void {
    this.low += value;
    if (this.low > 4e15 || this.low < -4e15) {
      this.high += BigInt(this.low);
      this.low = 0;
    }
  }

  total(): bigint {
    return this.high + BigInt(this.low);
  }
}
