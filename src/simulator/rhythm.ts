import { deriveKey, fraction, mix } from './random.js';
import { DAY_SECONDS, dayOf, dayOfMonth, HOUR_SECONDS, weekday } from './time.js';

const OFFICE = [1, 1, 1, 1, 1, 2, 4, 9, 16, 20, 20, 18, 14, 18, 20, 19, 16, 10, 6, 4, 3, 2, 1, 1];
const EVENING = [6, 3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 9, 11, 14, 17, 18, 16, 13, 9];
const STEADY = Array.from({ length: 24 }, () => 8);
const WEEKDAY_FACTORS = [
  [1, 6, 6, 6, 6, 5, 1],
  [6, 4, 4, 4, 5, 7, 8],
  [4, 4, 4, 4, 4, 4, 4],
];
const HOUR_FACTORS = [OFFICE, EVENING, STEADY];

/** How busy each hour of the period is: one running total per habit (office, evening, steady). */
export class Rhythm {
  readonly hours: number;
  readonly totals: Float64Array;

  constructor(
    readonly from: number,
    to: number,
    seed: number,
    habit: number,
  ) {
    this.hours = (to - from) / HOUR_SECONDS;
    this.totals = new Float64Array(this.hours + 1);
    const key = deriveKey(seed, 0x247, habit);
    for (let hour = 0; hour < this.hours; hour++) {
      const day = dayOf(from + hour * HOUR_SECONDS);
      const weight = (HOUR_FACTORS[habit]?.[hour % 24] ?? 1) * (WEEKDAY_FACTORS[habit]?.[weekday(day)] ?? 1);
      const noise = 0.7 + 0.6 * fraction(mix(key, day));
      this.totals[hour + 1] = (this.totals[hour] ?? 0) + Math.round(weight * noise * 1024);
    }
  }
}

/** Number of habits that a `Rhythm` knows. */
export const HABITS = HOUR_FACTORS.length;

/**
 * Puts `count` records on the time line, in order, without storing one. The curve of the rhythm says how many of them
 * fall into each hour; inside an hour each has its own slot and a jitter within it, so time never runs backwards.
 */
export class Slots {
  private readonly base: number;
  private readonly span: number;
  private hour = -1;
  private first = 0;
  private end = 0;
  private hourStart = 0;
  private isBurst = false;
  private dayStart = 0;
  private opening = -1;
  private closing = -1;

  /**
   * @param startHour first hour of the account's life, counted from the start of the period
   * @param endHour hour in which it ends, not included
   */
  constructor(
    readonly count: number,
    private readonly rhythm: Rhythm,
    private readonly startHour: number,
    private readonly endHour: number,
    private readonly key: number,
    private readonly crowded = false,
  ) {
    this.base = rhythm.totals[startHour] ?? 0;
    this.span = (rhythm.totals[endHour] ?? 0) - this.base;
  }

  /** Index of the first record at or after an hour. */
  private firstOf(hour: number): number {
    return Math.floor(this.count * (((this.rhythm.totals[hour] ?? 0) - this.base) / this.span));
  }

  private seek(index: number): void {
    let hour = this.hour;
    if (hour >= this.startHour && index < this.first && index >= this.firstOf(hour - 1)) hour -= 1;
    else {
      let low = this.startHour;
      let high = this.endHour;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (this.firstOf(middle) <= index) low = middle;
        else high = middle;
      }
      hour = low;
    }
    this.enter(hour);
  }

  private enter(hour: number): void {
    this.hour = hour;
    this.first = this.firstOf(hour);
    this.end = this.firstOf(hour + 1);
    this.hourStart = this.rhythm.from + hour * HOUR_SECONDS;
    const hash = mix(this.key, ~hour);
    this.isBurst = (hash & 15) === 0;
    const midnight = hour - (hour % 24);
    this.dayStart = this.rhythm.from + midnight * HOUR_SECONDS;
    const day = dayOf(this.dayStart);
    const isMonthEdge = dayOfMonth(day) === 1 || dayOfMonth(day + 1) === 1;
    const isPinned = isMonthEdge || mix(this.key, ~(midnight + 1)) % 3 === 0;
    this.opening = isPinned ? this.firstOf(midnight) : -1;
    this.closing = isPinned ? this.firstOf(midnight + 24) - 1 : -1;
  }

  /**
   * The instant of a record. Never smaller than that of the record before it. Some days open with a record at exactly
   * 00:00:00 and close with one at 23:59:59, because bounds are where programs go wrong; in some hours a third of the
   * records share one second, because sorting by time alone is wrong as well.
   */
  timeOf(index: number): number {
    const time = this.spreadOut(index);
    return this.crowded ? crowdedTime(time) : time;
  }

  private spreadOut(index: number): number {
    if (index < this.first || index >= this.end) this.seek(index);
    if (index === this.opening) return this.dayStart;
    if (index === this.closing) return this.dayStart + DAY_SECONDS - 1;
    let share = (index - this.first + fraction(mix(this.key, index))) / (this.end - this.first);
    if (this.isBurst) share = share < 1 / 3 ? share * 1.5 : share < 2 / 3 ? 0.5 : 0.5 + (share - 2 / 3) * 1.5;
    return this.hourStart + Math.floor(share * HOUR_SECONDS);
  }
}

/** Seconds at either end of a day in which a crowded world has its records. */
const CROWD_SECONDS = 10;

/** The same order, in the first and the last seconds of the day. */
function crowdedTime(time: number): number {
  const second = time % DAY_SECONDS;
  const half = DAY_SECONDS / 2;
  const start = time - second;
  if (second < half) return start + Math.floor((second * CROWD_SECONDS) / half);
  return start + DAY_SECONDS - CROWD_SECONDS + Math.floor(((second - half) * CROWD_SECONDS) / half);
}
