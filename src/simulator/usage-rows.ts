import type { Account } from './accounts.js';
import type { ByteWriter } from './byte-writer.js';
import { CATEGORIES, TOTAL_PRICE } from './categories.js';
import { CURRENCIES, plainText } from './money.js';
import { dayText, isoOffset } from './time.js';
import { cell, Usage } from './usage.js';

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

/**
 * Adds the leaves of several accounts and days, and carries every leaf up into the categories that contain it. Sums of
 * different currencies are never added together: one list of categories for each currency.
 */
export function sumCategories(
  usage: Usage,
  accounts: readonly Account[],
  span: DaySpan,
  now: number,
): Map<number, CategorySum[]> {
  const found = new Map<number, CategorySum[]>();
  for (const account of accounts) {
    for (let day = span.first; day <= span.last; day++) {
      const currency = Usage.currencyOn(account, day);
      let sums = found.get(currency);
      if (sums === undefined) {
        sums = CATEGORIES.map(() => ({ count: 0, usage: 0, price: 0n }));
        found.set(currency, sums);
      }
      const cells = usage.day(account, day, now);
      for (let leaf = 0; leaf < CATEGORIES.length; leaf++) {
        const { count, usage: amount, price } = cell(cells, leaf);
        if (count === 0 && price === 0) continue;
        for (let at = leaf; at >= 0; at = CATEGORIES[at]?.parent ?? -1) {
          const sum = sums[at] as CategorySum;
          sum.count += count;
          sum.usage += amount;
          sum.price += BigInt(price);
        }
      }
    }
  }
  return found;
}

const SUBRESOURCES = [
  ['all_time', 'AllTime'],
  ['daily', 'Daily'],
  ['last_month', 'LastMonth'],
  ['monthly', 'Monthly'],
  ['this_month', 'ThisMonth'],
  ['today', 'Today'],
  ['yearly', 'Yearly'],
  ['yesterday', 'Yesterday'],
] as const;

/** No row is longer: nine URIs of about 130 bytes, and a few short texts. */
const ROW_BYTES_MAX = 2560;

/**
 * Writes usage records as JSON. `price` is positive and `price_unit` in lower case, unlike those of calls; the count of
 * `totalprice` is null and its usage is the price (the examples of Twilio's OpenAPI document).
 */
export class UsageRows {
  private readonly base: string;
  private readonly head: string;
  private readonly uris: Buffer[] = [];

  /** @param resource `Records`, or `Records/Daily` and so on */
  constructor(account: Account, resource: string, now: number) {
    const base = `/2010-04-01/Accounts/${account.sid}/Usage`;
    this.base = `${base}/${resource}.json?Category=`;
    this.head = `{"account_sid":"${account.sid}","api_version":"2010-04-01","as_of":"${isoOffset(now)}","category":"`;
    this.uris = CATEGORIES.map(({ name }) => {
      const uris = SUBRESOURCES.map(([key, path]) => `"${key}":"${base}/Records/${path}.json?Category=${name}"`);
      return Buffer.from(`,"subresource_uris":{${uris.join(',')}},"uri":"`, 'latin1');
    });
  }

  /** An upper bound for the bytes of `count` rows. */
  bytesMax(count: number): number {
    return count * ROW_BYTES_MAX;
  }

  /** Writes one row. */
  write(target: ByteWriter, category: number, currency: number, span: DaySpan, sum: CategorySum): void {
    const { name, description, countUnit, usageUnit } = CATEGORIES[category] as (typeof CATEGORIES)[number];
    const start = dayText(span.first);
    const end = dayText(span.last);
    const unit = (CURRENCIES[currency] ?? 'USD').toLowerCase();
    const price = sum.price === 0n ? '0' : plainText(sum.price, 0);
    const isTotal = category === TOTAL_PRICE;
    const count = isTotal ? 'null' : `"${sum.count}"`;
    target.text(
      `${this.head}${name}","count":${count},"count_unit":"${countUnit}","description":"${description}","end_date":"${end}","price":"${price}","price_unit":"${unit}","start_date":"${start}"`,
    );
    target.bytes(this.uris[category] ?? NO_BYTES);
    const usage = isTotal ? price : sum.usage;
    target.text(
      `${this.base}${name}&StartDate=${start}&EndDate=${end}","usage":"${usage}","usage_unit":"${isTotal ? unit : usageUnit}"}`,
    );
  }
}

const NO_BYTES = Buffer.alloc(0);
