import type { Account } from './accounts.js';
import { CallFacts } from './calls.js';
import { type Family, familyOf } from './families.js';
import { FAILED, MessageFacts } from './messages.js';
import type { RecordChange } from './pricing.js';
import { DAY_SECONDS, dayOf } from './time.js';
import { firstAt } from './usage.js';
import type { Traffic } from './world.js';

export type Service = 'calls' | 'messages';
export const SERVICES: readonly Service[] = ['calls', 'messages'];

/** One call or message, named by its place in its account. */
export interface RecordName {
  account: Account;
  service: Service;
  index: number;
}

/** What discrepancies need to know of a call or message, alike for both. Money in hundred-millionths, positive = charged. */
export class RecordFacts {
  index = 0;
  /** When it started or was sent. Seconds, UTC. */
  time = 0;
  day = 0;
  family: Family = 'voice';
  /** The leaf category that usage counts it in. */
  leaf = 0;
  /** Started minutes, or segments. */
  units = 0;
  /** Index into CURRENCIES. */
  currency = 0;
  /** What the list says: whether there is a price, and which. */
  isPriced = false;
  cost = 0;
  /** What usage counts. */
  charged = 0;
  /** The carrier's fee, which usage counts apart, and in which leaf. */
  fee = 0;
  feeLeaf = -1;
  isFailed = false;
  isOutboundText = false;
  /** What a minute of a call costs. */
  rate = 0;
  /** Whether a test has changed it. */
  isChanged = false;
}

const call = new CallFacts();
const message = new MessageFacts();

/** Reads a record as it is at `now`. False where it has no date: then no day holds it. */
export function readRecord(
  traffic: Traffic,
  service: Service,
  index: number,
  now: number,
  facts: RecordFacts,
): boolean {
  facts.index = index;
  facts.isChanged = traffic[service].changes.has(index);
  const isDated = service === 'calls' ? readCall(traffic, now, facts) : readMessage(traffic, now, facts);
  facts.day = dayOf(facts.time);
  return isDated && facts.time <= now;
}

function readCall({ calls }: Traffic, now: number, facts: RecordFacts): boolean {
  calls.read(facts.index, now, call);
  facts.time = call.startedAt;
  facts.family = familyOf(call.leaf);
  facts.leaf = call.leaf;
  facts.units = call.minutes;
  facts.currency = call.currency;
  facts.isPriced = call.isPriced;
  facts.cost = call.cost;
  facts.charged = call.charged;
  facts.fee = 0;
  facts.feeLeaf = -1;
  facts.isFailed = false;
  facts.isOutboundText = false;
  facts.rate = calls.rateOf(call);
  return call.hasStarted;
}

function readMessage({ messages }: Traffic, now: number, facts: RecordFacts): boolean {
  messages.read(facts.index, now, message);
  facts.time = message.sentAt;
  facts.family = familyOf(message.route.leaf);
  facts.leaf = message.leaf;
  facts.units = message.segments;
  facts.currency = message.currency;
  facts.isPriced = message.isPriced;
  facts.cost = message.cost;
  facts.charged = message.charged;
  facts.fee = message.fee;
  facts.feeLeaf = message.route.feeLeaf;
  facts.isFailed = message.status === FAILED;
  facts.isOutboundText = message.route.direction !== 'inbound' && facts.family !== 'channels';
  facts.rate = 0;
  return message.hasSent;
}

/** A span of time: `[from, to)`, seconds, UTC. */
export interface Instants {
  from: number;
  to: number;
}

export function dayInstants(day: number): Instants {
  return { from: day * DAY_SECONDS, to: (day + 1) * DAY_SECONDS };
}

/** Shows the records of a span that have a date, oldest first. The facts are the same object each time. */
export function eachRecord(
  traffic: Traffic,
  service: Service,
  { from, to }: Instants,
  now: number,
  visit: (facts: Readonly<RecordFacts>) => void,
): void {
  const source = traffic[service];
  const facts = new RecordFacts();
  const end = firstAt(source, Math.min(to, now + 1));
  for (let index = firstAt(source, from); index < end; index++) {
    if (readRecord(traffic, service, index, now, facts)) visit(facts);
  }
}

/** Changes one record beyond what was changed before. */
export function changeRecord(traffic: Traffic, { service, index }: RecordName, change: RecordChange): void {
  const { changes } = traffic[service];
  changes.set(index, { ...changes.get(index), ...change });
}
