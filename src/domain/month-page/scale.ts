import { unitsOfOne } from '../plain-decimal.js';

/** Where amounts stand on an axis. All in hundred-millionths; places in hundredths of a per cent of its length. */
export interface Scale {
  readonly low: bigint;
  readonly high: bigint;
  readonly ticks: readonly bigint[];
  /** 0 at `low`, 10000 at `high`, to the nearest whole. */
  place(units: bigint): number;
}

/** Of an axis from end to end. */
export const fullLength = 10_000;

/** The smallest of 1, 2 and 5 times a power of ten that takes at most so many steps over the span. */
function niceStep(span: bigint, steps: bigint): bigint {
  for (let power = 1n; ; power *= 10n) {
    for (const factor of [1n, 2n, 5n]) {
      if (factor * power * steps >= span) return factor * power;
    }
  }
}

/** Rounds towards minus infinity. */
const floorDivided = (part: bigint, whole: bigint): bigint => (part - (((part % whole) + whole) % whole)) / whole;

/** An axis that holds zero and all the amounts, from tick to tick, with at most `steps` steps between the outermost amounts. */
export function scaleOf(amounts: readonly bigint[], steps = 4): Scale {
  const least = amounts.reduce((low, each) => (each < low ? each : low), 0n);
  const most = amounts.reduce((high, each) => (each > high ? each : high), 0n);
  const span = most - least === 0n ? unitsOfOne : most - least;
  const step = niceStep(span, BigInt(steps));
  const low = floorDivided(least, step) * step;
  const above = -floorDivided(-most, step) * step;
  const high = above === low ? low + step : above;
  const ticks: bigint[] = [];
  for (let tick = low; tick <= high; tick += step) ticks.push(tick);
  const length = high - low;
  const place = (units: bigint): number =>
    Number(floorDivided((units - low) * BigInt(fullLength) * 2n + length, length * 2n));
  return { low, high, ticks, place };
}

/** `12.34%` of 1234. */
export const percent = (place: number): string => {
  const digits = String(place < 0 ? -place : place).padStart(3, '0');
  return `${place < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}%`;
};
