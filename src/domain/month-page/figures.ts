import { unitsOfOne } from '../plain-decimal.js';
import { type Content, html, type Markup } from './html.js';

/** Narrow no-break space: what groups of three digits stand apart by where a figure is for looking at. */
const thin = '\u202F';
const minus = '\u2212';

/** An exact amount as SQL wrote it: DECIMAL(38,8), so eight decimals. */
const amountPattern = /^-?\d+\.\d{8}$/;

/** Hundred-millionths of an amount, for geometry and for what is rounded to be looked at. @throws RangeError where it is no such text */
export function unitsOf(amount: string): bigint {
  if (!amountPattern.test(amount)) throw new RangeError(`"${amount}" is no amount with eight decimals`);
  return BigInt(amount.replace('.', ''));
}

const absolute = (units: bigint): bigint => (units < 0n ? -units : units);

/** Digits in groups of three, as parts. A group of one or two comes first. */
const groupsOf = (digits: string): string[] => digits.match(/\d{1,3}(?=(?:\d{3})*$)/g) ?? [];

/**
 * An amount whose text is exactly what the CSV has, digit for digit, so that it can be found and copied: groups stand apart by a margin and
 * not by a character, and what is behind the second decimal stands back. What is not known is never 0.
 */
export function exact(amount: string | null | undefined): Markup {
  if (amount === null || amount === undefined) return notKnown;
  const [, sign = '', whole = '', cents = '', rest = ''] = /^(-?)(\d+)(\.\d\d)(\d*)$/.exec(amount) ?? [];
  if (whole === '') return html`${amount}`;
  const [first = '', ...others] = groupsOf(whole);
  const tail = rest === '' ? undefined : html`<small>${rest}</small>`;
  return html`<span class="n">${sign}${first}${others.map((group) => html`<span>${group}</span>`)}${cents}${tail}</span>`;
}

export const notKnown = html`<span class="unknown">not known</span>`;

/** An amount rounded half away from zero to two decimals, for looking at: `2 847.58`. */
export function rounded(units: bigint): string {
  const hundredths = (absolute(units) * 100n + unitsOfOne / 2n) / unitsOfOne;
  const sign = units < 0n && hundredths > 0n ? minus : '';
  return `${sign}${grouped(String(hundredths / 100n))}.${String(hundredths % 100n).padStart(2, '0')}`;
}

/** The same with a sign before what is more than nothing. */
export const signed = (units: bigint): string => (units > 0n ? `+${rounded(units)}` : rounded(units));

/** A whole number in groups of three: `12 345`. */
export const grouped = (digits: string): string => groupsOf(digits).join(thin);

/** A count as SQL wrote it, its text the digits alone. */
export function counted(count: string | null | undefined): Content {
  if (count === null || count === undefined) return notKnown;
  const [first = '', ...others] = groupsOf(count);
  return html`<span class="n">${first}${others.map((group) => html`<span>${group}</span>`)}</span>`;
}

/** A part in per cent of the whole, with one decimal: `4.5 %`; undefined of nothing. */
export function percentOf(part: bigint, whole: bigint): string | undefined {
  if (whole === 0n) return undefined;
  const tenths = (absolute(part) * 2000n + absolute(whole)) / (absolute(whole) * 2n);
  const sign = part < 0n !== whole < 0n && tenths > 0n ? minus : '';
  return `${sign}${grouped(String(tenths / 10n))}.${tenths % 10n}${thin}%`;
}

/** What an amount changed by, and how much that is of what it was: `+364.96 (14.6 %)`. */
export function changed(change: bigint, previous: bigint): string {
  const share = percentOf(change, previous);
  return share === undefined ? signed(change) : `${signed(change)} (${share})`;
}

/** What large ticks are counted in. */
const magnitudes = [
  [1_000_000_000_000n, 'tn'],
  [1_000_000_000n, 'bn'],
  [1_000_000n, 'M'],
] as const;

/** A tick's label: as few decimals as it has, and millions and more by their names, so that it is never long. Exact for what a scale has. */
export function tickLabel(units: bigint): string {
  const [size, name] = magnitudes.find(([each]) => absolute(units) >= each * unitsOfOne) ?? [1n, ''];
  const counted = absolute(units) / size;
  const fraction = String(counted % unitsOfOne)
    .padStart(8, '0')
    .replace(/0+$/, '');
  const whole = grouped(String(counted / unitsOfOne));
  return `${units < 0n ? minus : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${name === '' ? '' : `${thin}${name}`}`;
}

/** `1 account`, `2 accounts`, `12 345 accounts`. */
export const several = (count: number | bigint, one: string, many = `${one}s`): string =>
  `${grouped(String(count))} ${String(count) === '1' ? one : many}`;
