import type { Account } from './accounts.js';
import type { Family } from './families.js';
import { eachRecord, type RecordFacts, SERVICES, type Service } from './records.js';
import { DAY_SECONDS, dayOf } from './time.js';
import type { World } from './world.js';

/** The first or last record of a day. */
export interface Edge {
  index: number;
  time: number;
  isFit: boolean;
}

/** The records of one account, family and day. */
export interface Lot {
  account: Account;
  service: Service;
  family: Family;
  day: number;
  /** Index into CURRENCIES. */
  currency: number;
  records: number;
  /** Records that are priced, cost something and have not been changed: what can be injected into. */
  fit: number;
  /** Records without a price, or changed before: a difference on such a day would not be ours alone. */
  odd: number;
  /** Outbound SMS and MMS that a carrier's fee was charged for. */
  withFee: number;
  /** Fit outbound SMS and MMS. */
  texts: number;
  /** Whether the day is long enough over for its usage to be final. */
  isSettled: boolean;
  first: Edge;
  last: Edge;
}

/** Usage is taken for final this long after the end of a day. */
const SETTLES_SECONDS = DAY_SECONDS;

export function isFit(facts: Readonly<RecordFacts>): boolean {
  return facts.isPriced && facts.charged !== 0 && !facts.isChanged;
}

/** Everything that has a date within the period, by account, family and day. */
export function takeInventory(world: World): Lot[] {
  return world.accounts.flatMap((account) => SERVICES.flatMap((service) => lotsOf(world, account, service)));
}

function lotsOf(world: World, account: Account, service: Service): Lot[] {
  const { options, now } = world;
  const found: Lot[] = [];
  // Records come in the order of time, so only the lots of the day at hand are looked up.
  let today = new Map<Family, Lot>();
  let day = Number.NEGATIVE_INFINITY;
  eachRecord(world.traffic(account), service, { from: options.from, to: options.to }, now, (facts) => {
    if (facts.day !== day) today = new Map();
    day = facts.day;
    let lot = today.get(facts.family);
    const edge: Edge = { index: facts.index, time: facts.time, isFit: isFit(facts) };
    if (lot === undefined) {
      const { family, currency } = facts;
      const isSettled = (day + 1) * DAY_SECONDS + SETTLES_SECONDS <= now;
      const none = { records: 0, fit: 0, odd: 0, withFee: 0, texts: 0 };
      lot = { account, service, family, day, currency, ...none, isSettled, first: edge, last: edge };
      today.set(family, lot);
      found.push(lot);
    }
    lot.records++;
    if (edge.isFit) lot.fit++;
    if (!facts.isPriced || facts.isChanged) lot.odd++;
    if (facts.isPriced && facts.fee !== 0) lot.withFee++;
    if (edge.isFit && facts.isOutboundText) lot.texts++;
    lot.last = edge;
  });
  return found;
}

/** Days of the period, both ends included. */
export function periodOf(world: World): { first: number; last: number } {
  return { first: dayOf(world.options.from), last: dayOf(world.options.to) - 1 };
}
