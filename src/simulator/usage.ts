import { type Account, currencyAt, statusAt } from './accounts.js';
import { CallFacts, type Calls, neverConnected } from './calls.js';
import { CATEGORIES, categoryIndex, PHONE_NUMBERS } from './categories.js';
import { MessageFacts, type Messages } from './messages.js';
import { rateFor } from './pricing.js';
import { deriveKey, mix } from './random.js';
import { DAY_SECONDS, dayOf, dayOfMonth } from './time.js';

/**
 * What the leaf categories of one account hold on one day: leaf, count, usage and price of each that holds anything, one
 * after the other. `price` in whole hundred-millionths; positive = charged.
 */
export type DayCells = readonly number[];
export const CELL_WIDTH = 4;

/** The same while it is being worked out: count, usage and price of every category. */
type Sheet = Float64Array;
const WIDTH = 3;

/** Days of accounts that are kept: those of a thousand accounts over three months. */
const DAYS_KEPT_MAX = 100_000;
const NOTHING: DayCells = [];

/** Adds to one leaf. */
function add(sheet: Sheet, leaf: number, count: number, usage: number, price: number): void {
  const at = leaf * WIDTH;
  sheet[at] = (sheet[at] ?? 0) + count;
  sheet[at + 1] = (sheet[at + 1] ?? 0) + usage;
  sheet[at + 2] = (sheet[at + 2] ?? 0) + price;
}

/** What a sheet holds. */
function cellsOf(sheet: Sheet): DayCells {
  const cells: number[] = [];
  for (let leaf = 0; leaf < CATEGORIES.length; leaf++) {
    const at = leaf * WIDTH;
    const count = sheet[at] ?? 0;
    const usage = sheet[at + 1] ?? 0;
    const price = sheet[at + 2] ?? 0;
    if (!Number.isSafeInteger(price)) throw new RangeError('a day of usage is too large to be exact');
    if (count !== 0 || usage !== 0 || price !== 0) cells.push(leaf, count, usage, price);
  }
  return cells.length === 0 ? NOTHING : cells;
}

/** Adds to a leaf: count, usage and price in hundred-millionths. */
export type AddToLeaf = (leaf: number, count: number, usage: number, price: number) => void;

/** In what usage differs from what the records say, where a test wants it to. */
export interface Deviations {
  /** The instant up to which the usage of a day counts records, where it lags behind. */
  countedUntil(account: Account, day: number): number | undefined;
  /** Index into CURRENCIES, where a day comes in another currency than the account's. */
  currencyOn(account: Account, day: number): number | undefined;
  /** Adds what is counted beyond the records, or takes away what is not counted. */
  addTo(add: AddToLeaf, account: Account, day: number, now: number): void;
}

/** Charges by the month, on its first day: list price in hundred-millionths of a dollar for each number of a type. */
const NUMBER_PRICES = [115_000_000, 130_000_000, 215_000_000];

/** Charges by the day that no record of a list shows: units of use up to a maximum, and the list price of one. */
const DAILY: readonly { leaf: number; most: number; listPrice: number }[] = [
  { leaf: categoryIndex('recordings'), most: 90, listPrice: 250_000 },
  { leaf: categoryIndex('recordingstorage'), most: 900, listPrice: 1_667 },
  { leaf: categoryIndex('transcriptions'), most: 12, listPrice: 5_000_000 },
  { leaf: categoryIndex('calleridlookups'), most: 30, listPrice: 1_000_000 },
  { leaf: categoryIndex('answering-machine-detection'), most: 40, listPrice: 750_000 },
  { leaf: categoryIndex('amazon-polly'), most: 5000, listPrice: 80 },
  { leaf: categoryIndex('mediastorage'), most: 100, listPrice: 25_000 },
];
const PREMIUM_SUPPORT = categoryIndex('premiumsupport');
const PREMIUM_SUPPORT_PRICE = 25_000_000_000;

/** Charges that only Usage Records know. A suspended account goes on paying for its numbers, and for nothing else. */
function addUsageOnly(cells: Sheet, account: Account, day: number, seed: number): void {
  const noon = day * DAY_SECONDS + DAY_SECONDS / 2;
  const status = statusAt(account, noon);
  if (noon < account.createdAt || status === 'closed') return;
  if (dayOfMonth(day) === 1) {
    for (const number of account.numbers) {
      const leaf = PHONE_NUMBERS[number.type] ?? 0;
      add(cells, leaf, 1, 1, rateFor(account, NUMBER_PRICES[number.type] ?? 0, noon));
    }
    if (account.index === 0) add(cells, PREMIUM_SUPPORT, 1, 1, rateFor(account, PREMIUM_SUPPORT_PRICE, noon));
  }
  if (status !== 'active') return;
  const key = deriveKey(seed, 0x05a6e, account.index, day);
  for (const { leaf, most, listPrice } of DAILY) {
    const hash = mix(key, leaf);
    if (hash % 3 !== 0) continue;
    const usage = (hash >>> 8) % most;
    if (usage > 0) add(cells, leaf, 1 + (usage % 5), usage, rateFor(account, listPrice, noon) * usage);
  }
}

/** Index of the first record at or after an instant. */
export function firstAt(source: { count: number; timeOf(index: number): number }, instant: number): number {
  let low = 0;
  let high = source.count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (source.timeOf(middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Usage per account, day and leaf category, worked out from the records when it is asked for, and kept for a while. */
export class Usage {
  /** What a test wants otherwise. Nearly always absent. */
  deviations: Deviations | undefined;
  private readonly kept = new Map<number, Map<number, DayCells>>();
  private daysKept = 0;
  private readonly sheet: Sheet = new Float64Array(CATEGORIES.length * WIDTH);
  private readonly call = new CallFacts();
  private readonly message = new MessageFacts();

  constructor(
    private readonly seed: number,
    private readonly sources: (account: Account) => { calls: Calls; messages: Messages },
  ) {}

  /** Forgets what was worked out: the clock has moved, so prices have. */
  clear(): void {
    this.kept.clear();
    this.daysKept = 0;
  }

  /**
   * The leaves of one account on one UTC day as they stand at `now`. A call counts on the day it started, a message on
   * the day it was sent (Twilio's usage record page). A record without a price counts, and costs nothing yet. One without a date
   * counts where it has a price, on the day it was created. A call that never connected counts only where it costs something.
   */
  day(account: Account, day: number, now: number): DayCells {
    let days = this.kept.get(account.index);
    let cells = days?.get(day);
    if (cells !== undefined) return cells;
    cells = this.work(account, day, now);
    if (this.daysKept >= DAYS_KEPT_MAX) {
      this.clear();
      days = undefined;
    }
    if (days === undefined) {
      days = new Map();
      this.kept.set(account.index, days);
    }
    days.set(day, cells);
    this.daysKept++;
    return cells;
  }

  private work(account: Account, day: number, now: number): DayCells {
    if (day > dayOf(now)) return NOTHING;
    const { sheet, call, message, deviations } = this;
    sheet.fill(0);
    const start = day * DAY_SECONDS;
    const until = deviations?.countedUntil(account, day) ?? start + DAY_SECONDS;
    const end = Math.min(until, now + 1);
    const { calls, messages } = this.sources(account);
    const callEnd = firstAt(calls, end);
    for (let index = firstAt(calls, start); index < callEnd; index++) {
      calls.read(index, now, call);
      // Twilio neither bills nor counts what never connected ("Resolve call log and usage discrepancies").
      if (call.charged === 0 && neverConnected(call.status)) continue;
      if (call.hasStarted || call.isPriced) add(sheet, call.leaf, 1, call.minutes, call.charged);
    }
    const messageEnd = firstAt(messages, end);
    for (let index = firstAt(messages, start); index < messageEnd; index++) {
      messages.read(index, now, message);
      if (!message.hasSent && !message.isPriced) continue;
      add(sheet, message.leaf, 1, message.segments, message.charged);
      if (message.fee > 0) add(sheet, message.route.feeLeaf, 1, message.segments, message.fee);
    }
    addUsageOnly(sheet, account, day, this.seed);
    deviations?.addTo((...cell) => add(sheet, ...cell), account, day, now);
    return cellsOf(sheet);
  }

  /** Index into CURRENCIES of what an account is charged in on a day. */
  currencyOn(account: Account, day: number): number {
    return this.deviations?.currencyOn(account, day) ?? currencyAt(account, day * DAY_SECONDS);
  }

  /** How far the usage of some days of accounts has come: the clock, but where that of one of them lags behind. */
  asOf(accounts: readonly Account[], first: number, last: number, now: number): number {
    const { deviations } = this;
    let asOf = now;
    if (deviations === undefined) return asOf;
    for (const account of accounts) {
      for (let day = first; day <= last; day++) asOf = Math.min(asOf, deviations.countedUntil(account, day) ?? now);
    }
    return asOf;
  }
}
