import type { Cause } from './causes.js';
import { checkOtherTraffic, type OtherTraffic } from './room.js';
import { DAY_SECONDS, dayOf, parseDay } from './time.js';

/**
 * What the world is made of.
 * - `mixed`: everything awkward that a real account has.
 * - `plain`: one currency, every price set at once, ordinary names, every call completed. For benches.
 * - `calls-only`, `messages-only`: no record of the other kind.
 * - `one-account`: all records in the first subaccount. `uniform`: all accounts of one size.
 * - `crowded`: all records of a day in its first and its last ten seconds, so that seconds next to each other hold many.
 */
export const PROFILES = ['mixed', 'plain', 'calls-only', 'messages-only', 'one-account', 'uniform', 'crowded'] as const;
export type Profile = (typeof PROFILES)[number];

export interface SimulatorOptions {
  /** 0 = any free port. Loopback only. */
  port: number;
  seed: number;
  /** Subaccounts besides the parent. */
  accounts: number;
  /** Calls and messages of all accounts together. */
  records: number;
  /** First day of traffic, `YYYY-MM-DD`, UTC. */
  from: string;
  /** Day after the last day of traffic, `YYYY-MM-DD`, UTC. */
  to: string;
  /** The simulated clock at the start, an ISO instant. By default ten days after `to`. It only moves when told to. */
  now: string | undefined;
  latencyMs: number;
  /** Requests in flight beyond this many are answered with 429. 0 = no ceiling. */
  concurrencyLimit: number;
  /** Requests of others, which count toward the ceiling. Undefined = none. */
  otherTraffic: OtherTraffic | undefined;
  /** `Retry-After` of those 429 answers, seconds. Undefined = no such header: Twilio's may lack it. */
  retryAfterSeconds: number | undefined;
  /** Whether a row exactly on the bound of a `<` filter comes. Twilio's texts disagree. */
  upperBound: 'exclusive' | 'inclusive';
  /** Rows of a page at most, whatever PageSize asks for: small worlds then have many pages. */
  pageRowsMax: number;
  /** Whether the list of accounts holds the parent itself. Both are to be reckoned with. */
  listsParent: boolean;
  profiles: readonly Profile[];
  /** Differences between usage and lists that are there from the start, two of each cause, chosen by the seed. */
  discrepancies: readonly Cause[];
}

/** The largest page that Twilio gives (its OpenAPI document: PageSize maximum 1000). */
const PAGE_ROWS_MAX = 1000;

export const DEFAULT_OPTIONS: SimulatorOptions = {
  port: 0,
  seed: 1,
  accounts: 40,
  records: 200_000,
  from: '2026-09-01',
  to: '2026-11-01',
  now: undefined,
  latencyMs: 0,
  concurrencyLimit: 100,
  otherTraffic: undefined,
  retryAfterSeconds: undefined,
  upperBound: 'exclusive',
  pageRowsMax: PAGE_ROWS_MAX,
  listsParent: true,
  profiles: ['mixed'],
  discrepancies: [],
};

/** Accounts fit 16 bits of a SID with room to spare, and records 32. */
const ACCOUNTS_MAX = 20_000;
const RECORDS_MAX = 2_000_000_000;
const PERIOD_DAYS_MAX = 4000;
const DAYS_AFTER_PERIOD = 10;

/** The options as instants and flags. All instants are whole seconds, UTC. */
export interface WorldOptions {
  seed: number;
  accounts: number;
  records: number;
  from: number;
  to: number;
  now: number;
  plain: boolean;
  oneAccount: boolean;
  uniform: boolean;
  crowded: boolean;
  calls: boolean;
  messages: boolean;
}

function wholeNumber(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from 0 to ${max}, not ${value}`);
}

/** Seconds since 1970 of an ISO instant. Throws a RangeError that names the option. */
export function instantOf(name: string, text: string): number {
  const millis = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis))
    throw new RangeError(`${name} must be an ISO instant such as 2026-11-11T00:00:00Z, not ${text}`);
  return Math.floor(millis / 1000);
}

/** Checks the options. Throws a RangeError that names the first one that is wrong. */
export function worldOptions(options: SimulatorOptions): WorldOptions {
  const from = parseDay(options.from);
  const to = parseDay(options.to);
  if (from === undefined) throw new RangeError(`from must be a day such as 2026-09-01, not ${options.from}`);
  if (to === undefined) throw new RangeError(`to must be a day such as 2026-11-01, not ${options.to}`);
  if (to <= from) throw new RangeError(`to (${options.to}) must be after from (${options.from})`);
  if (to - from > PERIOD_DAYS_MAX) throw new RangeError(`the period may be ${PERIOD_DAYS_MAX} days long at most`);
  for (const profile of options.profiles) {
    if (!PROFILES.includes(profile))
      throw new RangeError(`profile must be one of ${PROFILES.join(', ')}, not ${profile}`);
  }
  const { pageRowsMax } = options;
  if (!Number.isInteger(pageRowsMax) || pageRowsMax < 1 || pageRowsMax > PAGE_ROWS_MAX) {
    throw new RangeError(`page rows must be a whole number from 1 to ${PAGE_ROWS_MAX}, not ${pageRowsMax}`);
  }
  if (options.otherTraffic !== undefined) checkOtherTraffic(options.otherTraffic);
  const has = (profile: Profile): boolean => options.profiles.includes(profile);
  if (has('calls-only') && has('messages-only')) throw new RangeError('profile cannot be calls-only and messages-only');
  return {
    seed: wholeNumber('seed', options.seed, 0xffffffff),
    accounts: wholeNumber('accounts', options.accounts, ACCOUNTS_MAX),
    records: wholeNumber('records', options.records, RECORDS_MAX),
    from: from * DAY_SECONDS,
    to: to * DAY_SECONDS,
    now: options.now === undefined ? (to + DAYS_AFTER_PERIOD) * DAY_SECONDS : instantOf('now', options.now),
    plain: has('plain'),
    oneAccount: has('one-account'),
    uniform: has('uniform'),
    crowded: has('crowded'),
    calls: !has('messages-only'),
    messages: !has('calls-only'),
  };
}

/** Number of whole days in the period. */
export function periodDays(options: WorldOptions): number {
  return dayOf(options.to) - dayOf(options.from);
}
