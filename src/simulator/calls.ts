import { type Account, currencyAt } from './accounts.js';
import { LEG_ROUTES, PARENT_ROUTES, type Route, SINGLE_ROUTES } from './call-routes.js';
import { NumberType } from './phone-numbers.js';
import { applyChange, corrected, correctedAt, NEVER, pricedAt, type RecordChange, rateFor } from './pricing.js';
import { deriveKey, mix } from './random.js';
import type { Slots } from './rhythm.js';
import { DAY_SECONDS } from './time.js';

/** In the order of Twilio's OpenAPI document (call_enum_status). */
export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

const STATUS_COMPLETED = CALL_STATUSES.indexOf('completed');
const STATUS_QUEUED = CALL_STATUSES.indexOf('queued');
const STATUS_RINGING = CALL_STATUSES.indexOf('ringing');
const STATUS_IN_PROGRESS = CALL_STATUSES.indexOf('in-progress');
const STATUS_CANCELED = CALL_STATUSES.indexOf('canceled');
const STATUS_FAILED = CALL_STATUSES.indexOf('failed');

/** Busy, failed, no answer, canceled. */
export const neverConnected = (status: number): boolean => status > STATUS_COMPLETED;

/** Duration where there is no number: JSON null, or an empty string. Both occur at Twilio. */
export const DURATION_NULL = -1;
export const DURATION_EMPTY = -2;

/** No call lasts longer: what a filter on the end of a call may rely on. */
export const CALL_SECONDS_MAX = 5 * 3600;

/** One call as it looks at a given instant. Reused from record to record: nothing is allocated on the hot path. */
export class CallFacts {
  index = 0;
  /** When it was created; also when it started, if it did. Seconds, UTC. */
  startedAt = 0;
  hasStarted = true;
  /** Infinity = it has not ended, or never will. */
  endedAt = NEVER;
  /** Seconds, or DURATION_NULL or DURATION_EMPTY. */
  duration = 0;
  /** Started minutes. */
  minutes = 0;
  /** Index into CALL_STATUSES. */
  status = STATUS_COMPLETED;
  route: Route = SINGLE_ROUTES[0] as Route;
  /** Index of the parent leg; -1 = none. */
  parent = -1;
  ownNumber = 0;
  leaf = 0;
  currency = 0;
  isPriced = false;
  /** What the list says. Whole hundred-millionths; positive = charged. */
  cost = 0;
  /** What usage counts: the same, but where a test wants it otherwise. */
  charged = 0;
  /** Whether its double is meant: a row of the same contents under another SID. */
  isTwin = false;
  /** Random bits for what only the row shows. */
  bits = 0;
  stranger = 0;
}

const BLOCK = 4;

/** The calls of one account. */
export class Calls {
  readonly count: number;
  /** What tests have changed, by index. Nearly always empty. */
  readonly changes = new Map<number, RecordChange>();
  private readonly familyKey: number;
  private readonly routeKey: number;
  private readonly lengthKey: number;
  private readonly priceKey: number;

  constructor(
    readonly account: Account,
    private readonly slots: Slots,
    seed: number,
    private readonly plain: boolean,
  ) {
    this.count = slots.count;
    const key = deriveKey(seed, 0xca11, account.index);
    this.familyKey = deriveKey(key, 1);
    this.routeKey = deriveKey(key, 2);
    this.lengthKey = deriveKey(key, 3);
    this.priceKey = deriveKey(key, 4);
  }

  /** Calls come in blocks of four; in one block of four, the first is a parent and the one or two after it its legs. */
  private legsOf(block: number): number {
    const hash = mix(this.familyKey, block);
    return (hash & 3) === 0 ? 1 + ((hash >>> 2) & 1) : 0;
  }

  /** Index of the parent leg, or -1. */
  parentOf(index: number): number {
    const place = index % BLOCK;
    if (place === 0 || place === 3) return -1;
    return place <= this.legsOf((index - place) / BLOCK) ? index - place : -1;
  }

  /** Indexes of the legs that a call has spawned, oldest first. */
  legs(index: number): number[] {
    if (index % BLOCK !== 0) return [];
    const count = Math.min(this.legsOf(index / BLOCK), this.count - 1 - index);
    return Array.from({ length: Math.max(count, 0) }, (_, leg) => index + 1 + leg);
  }

  /** When a call was created and, if ever, started. Never smaller than that of the call before it. Seconds, UTC. */
  timeOf(index: number): number {
    const own = this.slots.timeOf(index);
    const parent = this.parentOf(index);
    // A record at midnight stays there: it is there to try the bounds of windows.
    if (parent < 0 || own % DAY_SECONDS === 0) return own;
    const gap = (index - parent) * (1 + (mix(this.familyKey, parent) & 15));
    const time = Math.min(own, this.slots.timeOf(parent) + gap);
    return index - parent === 1 ? time : Math.max(time, this.timeOf(index - 1));
  }

  /** Whether a call was ever started: without a start time no date filter reaches it. */
  hasStarted(index: number): boolean {
    if (this.plain) return true;
    const luck = mix(this.lengthKey, index) & 511;
    return luck !== 9 && luck !== 0;
  }

  /** What is known of a call at an instant. */
  read(index: number, now: number, facts: CallFacts): void {
    const routeHash = mix(this.routeKey, index);
    const parent = this.parentOf(index);
    const isParent = index % BLOCK === 0 && this.legsOf(index / BLOCK) > 0;
    const routes = parent >= 0 ? LEG_ROUTES : isParent ? PARENT_ROUTES : SINGLE_ROUTES;
    const route = routes[routeHash & 31] as Route;
    facts.index = index;
    facts.parent = parent;
    facts.route = route;
    facts.startedAt = this.timeOf(index);
    facts.ownNumber = (routeHash >>> 5) % this.account.numbers.length;
    facts.bits = routeHash >>> 10;
    facts.stranger = mix(this.familyKey, ~index);
    facts.currency = currencyAt(this.account, facts.startedAt);
    const type = this.account.numbers[facts.ownNumber]?.type ?? NumberType.local;
    facts.leaf = route.leaf[type] ?? 0;
    this.readLength(mix(this.lengthKey, index), now, facts);
    this.readPrice(mix(this.priceKey, index), route.listPrice[type] ?? 0, now, facts);
    facts.charged = facts.cost;
    if (this.changes.size > 0) applyChange(facts, this.changes.get(index));
  }

  isDeleted(index: number): boolean {
    return this.changes.size > 0 && this.changes.get(index)?.isDeleted === true;
  }

  /** Whether the list shows a call twice. */
  hasTwin(index: number): boolean {
    return this.changes.size > 0 && this.changes.get(index)?.isTwin === true;
  }

  /** What an account pays for a minute of a call, in hundred-millionths of its currency. */
  rateOf(facts: CallFacts): number {
    const type = this.account.numbers[facts.ownNumber]?.type ?? NumberType.local;
    return rateFor(this.account, facts.route.listPrice[type] ?? 0, facts.startedAt);
  }

  private readLength(hash: number, now: number, facts: CallFacts): void {
    const luck = this.plain ? 511 : hash & 511;
    facts.hasStarted = luck !== 9 && luck !== 0;
    facts.duration = DURATION_NULL;
    facts.minutes = 0;
    facts.endedAt = NEVER;
    if (luck < 3) {
      // Stuck for ever: the rows that a reader sees years later and that never get a price.
      facts.status = luck === 0 ? STATUS_QUEUED : luck === 1 ? STATUS_RINGING : STATUS_IN_PROGRESS;
    } else if (luck === 9) {
      const statuses = [STATUS_QUEUED, STATUS_CANCELED, STATUS_FAILED];
      facts.status = statuses[(hash >>> 9) % statuses.length] ?? STATUS_QUEUED;
    } else if (luck < 90) {
      facts.status = STATUS_COMPLETED + 1 + ((hash >>> 9) & 3);
      facts.endedAt = facts.startedAt + ((hash >>> 11) % 40);
      const kind = (hash >>> 17) % 3;
      facts.duration = kind === 0 ? 0 : kind === 1 ? DURATION_NULL : DURATION_EMPTY;
    } else {
      const long = luck === 90 ? 10_800 : 0;
      const a = (hash >>> 9) & 1023;
      const b = (hash >>> 19) & 1023;
      const seconds = 1 + long + Math.floor((a * b * b * 3) / 1_048_576);
      facts.status = STATUS_COMPLETED;
      facts.endedAt = facts.startedAt + seconds;
      facts.duration = seconds;
      facts.minutes = Math.ceil(seconds / 60);
    }
    if (facts.endedAt > now && facts.endedAt !== NEVER) {
      facts.status = now - facts.startedAt < 5 ? STATUS_RINGING : STATUS_IN_PROGRESS;
      facts.endedAt = NEVER;
      facts.duration = DURATION_NULL;
      facts.minutes = 0;
    }
  }

  private readPrice(hash: number, listPrice: number, now: number, facts: CallFacts): void {
    const at = this.plain ? facts.endedAt : pricedAt(facts.endedAt, hash);
    facts.isPriced = at <= now;
    facts.cost = 0;
    if (!facts.isPriced || facts.minutes === 0) return;
    const cost = rateFor(this.account, listPrice, facts.startedAt) * facts.minutes;
    facts.cost = cost;
    if (this.plain) return;
    if (hash % 4001 === 0) facts.cost = -cost;
    else if (hash % 67 === 0) facts.cost = 0;
    if (correctedAt(at, hash) <= now) facts.cost = corrected(cost, hash);
  }
}
