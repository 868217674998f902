import { byBytes, type CustomerOf } from './expected-ledger.js';
import type { Row } from './published.js';
import { amountText, unitsOfPlain } from './units.js';

/** An unpriced record as the simulator itself shows it, one by one: `unpricedRecords` of simulator-records.ts asks for them. */
export interface UnpricedRecord {
  readonly service: string;
  /** Of usage categories, told by the record's own direction, addresses and media. */
  readonly family: string;
  readonly sid: string;
  readonly account: string;
  readonly chargedAt: string;
  readonly direction: string;
  readonly status: string;
  readonly currency: string;
  readonly minutes: number;
  readonly segments: number;
}

/** A record without start_time or date_sent, likewise: `undatedRecords` asks for them. */
export interface UndatedRecord {
  readonly service: string;
  readonly sid: string;
  readonly account: string;
  readonly createdAt: string;
  readonly direction: string;
  readonly status: string;
  readonly currency: string;
  /** Decimal text with Twilio's sign; null = no price. */
  readonly price: string | null;
}

/** What is expected of the records that a report lists one by one. */
export interface ExpectedRecords {
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly unpriced: readonly UnpricedRecord[];
  readonly undated: readonly UndatedRecord[];
}

export function unpricedRows({ month, unpriced: records, from, to }: ExpectedRecords, customerOf: CustomerOf): Row[] {
  return records
    .filter(({ chargedAt }) => chargedAt.startsWith(month) && chargedAt >= from && chargedAt < to)
    .toSorted((a, b) => compareLists([a.chargedAt, a.service, a.sid], [b.chargedAt, b.service, b.sid]))
    .map((record) => ({
      month: `${month}-01`,
      charged_at: record.chargedAt,
      service: record.service,
      sid: record.sid,
      account_sid: record.account,
      customer_id: customerOf(record.account, record.chargedAt.slice(0, 10)).id,
      direction: record.direction,
      status: record.status,
      currency: record.currency,
      minutes: String(record.minutes),
      segments: String(record.segments),
    }));
}

export function undatedRows({ month, undated: records, from, to }: ExpectedRecords, customerOf: CustomerOf): Row[] {
  return records
    .filter(({ createdAt }) => createdAt.startsWith(month) && createdAt >= from && createdAt < to)
    .toSorted((a, b) => compareLists([a.createdAt, a.service, a.sid], [b.createdAt, b.service, b.sid]))
    .map((record) => ({
      month: `${month}-01`,
      created_at: record.createdAt,
      service: record.service,
      sid: record.sid,
      account_sid: record.account,
      customer_id: customerOf(record.account, record.createdAt.slice(0, 10)).id,
      direction: record.direction,
      status: record.status,
      currency: record.currency,
      cost: record.price === null ? '' : amountText(-unitsOfPlain(record.price)),
    }));
}

export function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = byBytes(text, b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
