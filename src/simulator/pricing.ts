import { type Account, currencyAt } from './accounts.js';
import { CURRENCY_RATES } from './money.js';
import { HOUR_SECONDS } from './time.js';

/** An instant that does not come. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * What one unit of a service (minute, segment) costs an account, in hundred-millionths of its currency.
 *
 * @param listPrice in hundred-millionths of a US dollar
 */
export function rateFor(account: Account, listPrice: number, instant: number): number {
  const rate = CURRENCY_RATES[currencyAt(account, instant)] ?? 1;
  return Math.round((listPrice * account.discountPercent * rate) / 100);
}

/**
 * When a price comes, after the call ended or the message was sent: mostly within two minutes, some within the hour, a
 * few up to a day later, and two in a thousand never (Twilio: "may not be immediately available").
 */
export function pricedAt(finishedAt: number, hash: number): number {
  const luck = hash % 1000;
  if (luck >= 998) return NEVER;
  const spread = hash >>> 10;
  if (luck < 600) return finishedAt + (spread % 120);
  if (luck < 900) return finishedAt + (spread % HOUR_SECONDS);
  return finishedAt + (spread % (24 * HOUR_SECONDS));
}

/** When a price that was set is corrected: three in a thousand, one to seventy-two hours later. */
export function correctedAt(firstPricedAt: number, hash: number): number {
  return hash % 331 === 0 ? firstPricedAt + HOUR_SECONDS + ((hash >>> 9) % (71 * HOUR_SECONDS)) : NEVER;
}

/** What a correction makes of a cost: nothing, or half as much again. Whole units. */
export function corrected(cost: number, hash: number): number {
  return (hash & 64) === 0 ? 0 : cost + Math.floor(cost / 2);
}

/** What a test has changed about one record. */
export interface RecordChange {
  isDeleted?: boolean;
  /** Whole units, positive = charged; null = not priced. Usage follows. */
  cost?: number | null;
  /** What the list says instead, while usage goes on counting the cost. */
  listed?: number | null;
  /** The list shows the record once more, under another SID. */
  isTwin?: boolean;
  /** The message failed, and costs what failed messages cost. */
  isFailed?: boolean;
}

/** Applies a change to what is known of a record. */
export function applyChange(
  facts: { isPriced: boolean; cost: number; charged: number },
  change: RecordChange | undefined,
): void {
  if (change?.cost !== undefined) {
    facts.isPriced = change.cost !== null;
    facts.cost = change.cost ?? 0;
    facts.charged = facts.cost;
  }
  if (change?.listed !== undefined) {
    facts.isPriced = change.listed !== null;
    facts.cost = change.listed ?? 0;
  }
}
