import { mark, textAt, textEnd } from './json-bytes.js';

const decimals = 8;
const wholeDigitsMax = 10;
/** Amounts are counted in hundred-millionths, the last place of DECIMAL(38,8). */
export const unitsOfOne = 10n ** BigInt(decimals);
/** By how many decimals there are: what makes hundred-millionths of them. */
const scales = Array.from({ length: decimals + 1 }, (_, digits) => 10 ** (decimals - digits));

/** Hundred-millionths as DuckDB writes a DECIMAL(38,8). */
export function decimalText(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** A price read digit by digit: no text is made of it. */
export class PlainDecimal {
  isPlain = false;
  whole = 0;
  /** In hundred-millionths. */
  fraction = 0;
  /** Where its value ends; nobody can tell behind a value that is neither plain, nor a text, nor null. */
  end = 0;

  /** The value at `start`, in quotes or not. */
  read(json: Buffer, start: number): void {
    const quoted = json[start] === mark.quote;
    const last = this.readDigits(json, quoted ? start + 1 : start);
    this.isPlain = last !== -1 && (quoted ? json[last] === mark.quote : delimiters.has(json[last] ?? 0));
    if (this.isPlain) this.end = quoted ? last + 1 : last;
    else if (quoted) this.readText(json, start);
    // Without quotes and not plain: null, in general. Where it is not, no comma stands there.
    else this.end = start + 4;
  }

  /** Neither plain nor short of escapes: what it says is asked of its text. */
  private readText(json: Buffer, start: number): void {
    this.end = textEnd(json, start);
    if (!json.subarray(start, this.end).includes(mark.backslash)) return;
    const text = Buffer.from(textAt(json, start) ?? '');
    this.isPlain = this.readDigits(text, 0) === text.length;
  }

  /** `-?\d{1,10}(\.\d{1,8}0*)?`: where it ends, or -1. */
  private readDigits(json: Buffer, start: number): number {
    const negative = json[start] === mark.minus;
    const first = negative ? start + 1 : start;
    let at = first;
    let whole = 0;
    for (; isDigit(json[at]); at += 1) whole = whole * 10 + (json[at] as number) - mark.zero;
    if (at === first || at - first > wholeDigitsMax) return -1;
    let fraction = 0;
    if (json[at] === mark.point) {
      const point = at;
      for (at += 1; isDigit(json[at]); at += 1) {
        if (at - point <= decimals) fraction = fraction * 10 + (json[at] as number) - mark.zero;
        else if (json[at] !== mark.zero) return -1;
      }
      if (at === point + 1) return -1;
      fraction *= scales[Math.min(at - point - 1, decimals)] as number;
    }
    this.whole = negative ? -whole : whole;
    this.fraction = negative ? -fraction : fraction;
    return at;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= mark.zero && byte <= mark.nine;

/** What may stand behind a JSON number. */
const delimiters = new Set(Buffer.from(',}] \t\r\n'));
