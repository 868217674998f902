import type { Account } from './accounts.js';
import { CATEGORIES } from './categories.js';
import { CELL_WIDTH, type Usage } from './usage.js';

/** A span of days, both ends included, as StartDate and EndDate are. */
export interface DaySpan {
  first: number;
  last: number;
}

/** Sums of one category in one currency over a span. `price` in hundred-millionths, positive = charged. */
export interface CategorySum {
  count: number;
  usage: number;
  price: bigint;
}

/** One sum for each category, by the index of the currency. Different currencies are never added together. */
export type CurrencySums = Map<number, CategorySum[]>;

function sumsOf(found: CurrencySums, currency: number): CategorySum[] {
  let sums = found.get(currency);
  if (sums === undefined) {
    sums = CATEGORIES.map(() => ({ count: 0, usage: 0, price: 0n }));
    found.set(currency, sums);
  }
  return sums;
}

function addTo(sum: CategorySum, more: CategorySum): void {
  sum.count += more.count;
  sum.usage += more.usage;
  sum.price += more.price;
}

/** Adds the leaves of one account on one day. */
function addLeaves(found: CurrencySums, usage: Usage, account: Account, day: number, now: number): void {
  const sums = sumsOf(found, usage.currencyOn(account, day));
  const cells = usage.day(account, day, now);
  for (let at = 0; at < cells.length; at += CELL_WIDTH) {
    const sum = sums[cells[at] ?? 0] as CategorySum;
    sum.count += cells[at + 1] ?? 0;
    sum.usage += cells[at + 2] ?? 0;
    sum.price += BigInt(cells[at + 3] ?? 0);
  }
}

/** Carries every leaf up into the categories that contain it. */
function carryUp(leaves: CurrencySums): CurrencySums {
  const found: CurrencySums = new Map();
  for (const [currency, sums] of leaves) {
    const all = sumsOf(found, currency);
    for (const [leaf, sum] of sums.entries()) {
      for (let at = leaf; at >= 0; at = CATEGORIES[at]?.parent ?? -1) addTo(all[at] as CategorySum, sum);
    }
  }
  return found;
}

/** The usage of one account over a span, subaccounts apart. */
export function sumOne(usage: Usage, account: Account, span: DaySpan, now: number): CurrencySums {
  const leaves: CurrencySums = new Map();
  for (let day = span.first; day <= span.last; day++) addLeaves(leaves, usage, account, day, now);
  return carryUp(leaves);
}

/** The usage of all accounts together, by the day: a reader of many pages has every account read once. */
export class SumsOfAll {
  private readonly days = new Map<number, CurrencySums>();

  constructor(
    private readonly usage: Usage,
    private readonly accounts: readonly Account[],
  ) {}

  /** Forgets what was worked out: the clock or the world has changed. */
  clear(): void {
    this.days.clear();
  }

  /** The usage of all accounts over a span. */
  sum(span: DaySpan, now: number): CurrencySums {
    this.work(span, now);
    const found: CurrencySums = new Map();
    for (let day = span.first; day <= span.last; day++) {
      for (const [currency, sums] of this.days.get(day) ?? []) {
        const all = sumsOf(found, currency);
        for (const [category, sum] of sums.entries()) addTo(all[category] as CategorySum, sum);
      }
    }
    return found;
  }

  /** Works out the days that are missing, one account after the other, so that each is read from its start to its end. */
  private work(span: DaySpan, now: number): void {
    const missing: { day: number; leaves: CurrencySums }[] = [];
    for (let day = span.first; day <= span.last; day++) {
      if (!this.days.has(day)) missing.push({ day, leaves: new Map() });
    }
    if (missing.length === 0) return;
    for (const account of this.accounts) {
      for (const { day, leaves } of missing) addLeaves(leaves, this.usage, account, day, now);
    }
    for (const { day, leaves } of missing) this.days.set(day, carryUp(leaves));
  }
}
