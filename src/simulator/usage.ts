import { type Account, currencyAt, statusAt } from './accounts.js';
import { CallFacts, type Calls } from './calls.js';
import { CATEGORIES, categoryIndex, PHONE_NUMBERS } from './categories.js';
import { MessageFacts, type Messages } from './messages.js';
import { rateFor } from './pricing.js';
import { deriveKey, mix } from './random.js';
import { DAY_SECONDS, dayOf, dayOfMonth } from './time.js';

/** Count, usage and price of every leaf category of one account on one day: three numbers for each category. */
export type DayCells = Float64Array;

const WIDTH = 3;
/** Accounts whose days are kept: a reader asks for one account after the other. */
const ACCOUNTS_KEPT_MAX = 64;

/** Adds to one leaf. `price` in whole hundred-millionths; positive = charged. */
function add(cells: DayCells, leaf: number, count: number, usage: number, price: number): void {
  const at = leaf * WIDTH;
  cells[at] = (cells[at] ?? 0) + count;
  cells[at + 1] = (cells[at + 1] ?? 0) + usage;
  cells[at + 2] = (cells[at + 2] ?? 0) + price;
}

/** What a leaf holds. */
export function cell(cells: DayCells, leaf: number): { count: number; usage: number; price: number } {
  const at = leaf * WIDTH;
  return { count: cells[at] ?? 0, usage: cells[at + 1] ?? 0, price: cells[at + 2] ?? 0 };
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
function addUsageOnly(cells: DayCells, account: Account, day: number, seed: number): void {
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
  private readonly kept = new Map<number, Map<number, DayCells>>();
  private readonly call = new CallFacts();
  private readonly message = new MessageFacts();

  constructor(
    private readonly seed: number,
    private readonly sources: (account: Account) => { calls: Calls; messages: Messages },
  ) {}

  /** Forgets what was worked out: the clock has moved, so prices have. */
  clear(): void {
    this.kept.clear();
  }

  /**
   * The leaves of one account on one UTC day as they stand at `now`. A call counts on the day it started, a message on
   * the day it was sent (Twilio's usage record page). A record without a price counts, and costs nothing yet. One without a date
   * counts where it has a price, on the day it was created.
   */
  day(account: Account, day: number, now: number): DayCells {
    let days = this.kept.get(account.index);
    if (days === undefined) {
      if (this.kept.size >= ACCOUNTS_KEPT_MAX) this.kept.clear();
      days = new Map();
      this.kept.set(account.index, days);
    }
    let cells = days.get(day);
    if (cells === undefined) {
      cells = this.work(account, day, now);
      days.set(day, cells);
    }
    return cells;
  }

  private work(account: Account, day: number, now: number): DayCells {
    const cells = new Float64Array(CATEGORIES.length * WIDTH);
    if (day > dayOf(now)) return cells;
    const start = day * DAY_SECONDS;
    const end = Math.min(start + DAY_SECONDS, now + 1);
    const { calls, messages } = this.sources(account);
    const { call, message } = this;
    const callEnd = firstAt(calls, end);
    for (let index = firstAt(calls, start); index < callEnd; index++) {
      calls.read(index, now, call);
      if (call.hasStarted || call.isPriced) add(cells, call.leaf, 1, call.minutes, call.cost);
    }
    const messageEnd = firstAt(messages, end);
    for (let index = firstAt(messages, start); index < messageEnd; index++) {
      messages.read(index, now, message);
      if (!message.hasSent && !message.isPriced) continue;
      add(cells, message.route.leaf, 1, message.segments, message.cost);
      if (message.fee > 0) add(cells, message.route.feeLeaf, 1, message.segments, message.fee);
    }
    addUsageOnly(cells, account, day, this.seed);
    for (let at = 2; at < cells.length; at += WIDTH) {
      if (!Number.isSafeInteger(cells[at])) throw new RangeError('a day of usage is too large to be exact');
    }
    return cells;
  }

  /** Index into CURRENCIES of what an account is charged in on a day. */
  static currencyOn(account: Account, day: number): number {
    return currencyAt(account, day * DAY_SECONDS);
  }
}
