import type { Account } from './accounts.js';
import type { ByteWriter } from './byte-writer.js';
import { CATEGORIES, TOTAL_PRICE } from './categories.js';
import { CURRENCIES, plainText } from './money.js';
import { dayText, isoOffset } from './time.js';
import type { CategorySum, DaySpan } from './usage-sums.js';

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

/** What one row says. */
export interface UsageRow {
  span: DaySpan;
  /** Index into CATEGORIES. */
  category: number;
  /** Index into CURRENCIES. */
  currency: number;
  sum: CategorySum;
  /** Up to when usage was counted: seconds, UTC. */
  asOf: number;
}

/** No row is longer: nine URIs of about 130 bytes, and a few short texts. */
const ROW_BYTES_MAX = 2560;

/**
 * Writes usage records as JSON. `price` is positive and `price_unit` in lower case, unlike those of calls; the count of
 * `totalprice` is null and its usage is the price (the examples of Twilio's OpenAPI document).
 */
export class UsageRows {
  private readonly base: string;
  private readonly accountSid: string;
  private readonly uris: Buffer[] = [];

  /** @param resource `Records`, or `Records/Daily` and so on */
  constructor(account: Account, resource: string) {
    const base = `/2010-04-01/Accounts/${account.sid}/Usage`;
    this.base = `${base}/${resource}.json?Category=`;
    this.accountSid = account.sid;
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
  write(target: ByteWriter, { category, currency, span, sum, asOf }: UsageRow): void {
    const { name, description, countUnit, usageUnit } = CATEGORIES[category] as (typeof CATEGORIES)[number];
    const start = dayText(span.first);
    const end = dayText(span.last);
    const unit = (CURRENCIES[currency] ?? 'USD').toLowerCase();
    const price = sum.price === 0n ? '0' : plainText(sum.price, 0);
    const isTotal = category === TOTAL_PRICE;
    const count = isTotal ? 'null' : `"${sum.count}"`;
    target.text(
      `{"account_sid":"${this.accountSid}","api_version":"2010-04-01","as_of":"${isoOffset(asOf)}","category":"${name}","count":${count},"count_unit":"${countUnit}","description":"${description}","end_date":"${end}","price":"${price}","price_unit":"${unit}","start_date":"${start}"`,
    );
    target.bytes(this.uris[category] ?? NO_BYTES);
    const usage = isTotal ? price : sum.usage;
    target.text(
      `${this.base}${name}&StartDate=${start}&EndDate=${end}","usage":"${usage}","usage_unit":"${isTotal ? unit : usageUnit}"}`,
    );
  }
}

const NO_BYTES = Buffer.alloc(0);
