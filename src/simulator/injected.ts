import type { Account } from './accounts.js';
import type { Cause } from './causes.js';
import { Claims } from './claims.js';
import { RecordFacts, type RecordName, readRecord, type Service } from './records.js';
import type { AddToLeaf, Deviations } from './usage.js';
import type { Traffic } from './world.js';

type Of<C extends Cause> = { readonly cause: C };
/** The list shows one record otherwise than usage counts it. */
type OfRecord = Of<'unpriced_rows' | 'deleted_at_twilio' | 'surplus_rows' | 'restated'> & {
  readonly kind: 'record';
  readonly record: RecordName;
};
/** Usage counts one record on the other side of a midnight. */
type OfMidnight = Of<'day_attribution'> & {
  readonly kind: 'midnight';
  readonly record: RecordName;
  readonly day: number;
  readonly otherDay: number;
};
/** Usage of one leaf is more or less than its records are. */
export type OfLeaf = Of<'not_itemised' | 'minute_rounding' | 'restated' | 'unexplained'> & {
  readonly kind: 'leaf';
  readonly account: Account;
  readonly day: number;
  readonly leaf: number;
  readonly count: number;
  readonly usage: number;
  /** Hundred-millionths, positive = charged. */
  readonly price: number;
};
/** Usage of a day has come only so far. */
type OfLag = Of<'usage_not_final'> & {
  readonly kind: 'lag';
  readonly account: Account;
  readonly day: number;
  readonly until: number;
};
/** Usage of a day comes in another currency: an index into CURRENCIES. */
type OfCurrency = Of<'currency_mismatch'> & {
  readonly kind: 'currency';
  readonly account: Account;
  readonly day: number;
  readonly currency: number;
};
/** Everything of an account. */
type OfAccount = Of<'usage_unknown' | 'carrier_fees' | 'failed_message_fees'> & {
  readonly kind: 'account';
  readonly account: Account;
};
/** A list of an account cannot be read. */
type OfList = Of<'extraction_incomplete'> & {
  readonly kind: 'list';
  readonly account: Account;
  readonly service: Service;
};

/** One way in which this Twilio was made to contradict itself. */
export type Injection = OfRecord | OfMidnight | OfLeaf | OfLag | OfCurrency | OfAccount | OfList;

export function accountOf(injection: Injection): Account {
  return 'record' in injection ? injection.record.account : injection.account;
}

const facts = new RecordFacts();

/** What was injected into a world, and what answers look at because of it. */
export class Injected implements Deviations {
  readonly injections: Injection[] = [];
  readonly claims = new Claims();
  private readonly byDay = new Map<number, Injection[]>();
  private readonly refused = new Set<string>();

  constructor(private readonly traffic: (account: Account) => Traffic) {}

  /** @returns how many injections of this cause there were before */
  countOf(cause: Cause): number {
    return this.injections.filter((injection) => injection.cause === cause).length;
  }

  add(injection: Injection): void {
    this.injections.push(injection);
    const { index } = accountOf(injection);
    if (injection.kind === 'list') this.refused.add(`${index} ${injection.service}`);
    if (injection.cause === 'usage_unknown') this.refused.add(`${index} usage`);
    if (!('day' in injection)) return;
    const days = 'otherDay' in injection ? [injection.day, injection.otherDay] : [injection.day];
    for (const day of days) {
      const key = dayKey(index, day);
      this.byDay.set(key, [...(this.byDay.get(key) ?? []), injection]);
    }
  }

  /** Whether a list of an account fails for ever, or its usage cannot be found. */
  refuses(account: Account, what: Service | 'usage'): boolean {
    return this.refused.size > 0 && this.refused.has(`${account.index} ${what}`);
  }

  countedUntil(account: Account, day: number): number | undefined {
    return this.on(account, day).find((injection) => injection.kind === 'lag')?.until;
  }

  currencyOn(account: Account, day: number): number | undefined {
    return this.on(account, day).find((injection) => injection.kind === 'currency')?.currency;
  }

  addTo(add: AddToLeaf, account: Account, day: number, now: number): void {
    for (const injection of this.on(account, day)) {
      if (injection.kind === 'leaf') add(injection.leaf, injection.count, injection.usage, injection.price);
      if (injection.kind !== 'midnight') continue;
      const { service, index } = injection.record;
      if (!readRecord(this.traffic(account), service, index, now, facts)) continue;
      const sign = day === injection.day ? -1 : 1;
      add(facts.leaf, sign, sign * facts.units, sign * facts.charged);
      if (facts.fee > 0) add(facts.feeLeaf, sign, sign * facts.units, sign * facts.fee);
    }
  }

  private on(account: Account, day: number): readonly Injection[] {
    return this.byDay.get(dayKey(account.index, day)) ?? NONE;
  }
}

const NONE: readonly Injection[] = [];

/** Days are below this for the next two centuries. */
const DAYS_MAX = 150_000;

function dayKey(account: number, day: number): number {
  return account * DAYS_MAX + day;
}
