import { NASTY_NAMES } from './names.js';
import { periodDays, type WorldOptions } from './options.js';
import { NumberType, type OwnNumber, ownNumber } from './phone-numbers.js';
import { deriveKey, hexToken, mix } from './random.js';
import { type SidCodec, SidKind } from './sids.js';
import { DAY_SECONDS, dayOf, HOUR_SECONDS } from './time.js';

export type AccountStatus = 'active' | 'suspended' | 'closed';

export interface Account {
  /** 0 is the parent. */
  index: number;
  sid: string;
  ownerSid: string;
  authToken: string;
  friendlyName: string;
  /** Seconds, UTC. */
  createdAt: number;
  /** From when on it is suspended or closed. Infinity = active for ever. */
  endsAt: number;
  endStatus: AccountStatus;
  /** Index into CURRENCIES, and the one that it changes to at `currencyChangesAt` (a UTC midnight; Infinity = never). */
  currency: number;
  laterCurrency: number;
  currencyChangesAt: number;
  /** Percent of the list price that this account pays. */
  discountPercent: number;
  numbers: OwnNumber[];
  calls: number;
  messages: number;
  /** Set by tests only. */
  isDeleted: boolean;
}

const OWN_NUMBERS_MAX = 12;
const CREATED_DAYS_BEFORE = 400;

/** How much of the traffic each account has: a few large, many small, some tiny, some none. */
function weights(options: WorldOptions): number[] {
  return Array.from({ length: options.accounts + 1 }, (_, index) => {
    if (options.oneAccount) return index === Math.min(1, options.accounts) ? 1 : 0;
    if (options.uniform) return index === 0 && options.accounts > 0 ? 0 : 1;
    if (index % 11 === 10 || endsBeforePeriod(index)) return 0;
    return 1 / (1 + ((index * 7 + 4) % (options.accounts + 1)));
  });
}

/** One closed account in two was closed before the period began: listed, with no traffic. */
function endsBeforePeriod(index: number): boolean {
  return index % 18 === 16;
}

function isTiny(index: number, options: WorldOptions): boolean {
  return !options.oneAccount && !options.uniform && index % 7 === 6;
}

/** Divides the records among the accounts so that the sum is exact: what rounding leaves goes to the heaviest. */
function sizes(options: WorldOptions): number[] {
  const shares = weights(options);
  const heaviest = shares.indexOf(Math.max(...shares));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const found = shares.map((share, index) => {
    const size = Math.floor((options.records * share) / total);
    return isTiny(index, options) && index !== heaviest ? Math.min(size, 1 + (index % 3)) : size;
  });
  const used = found.reduce((sum, size) => sum + size, 0);
  found[heaviest] = (found[heaviest] ?? 0) + options.records - used;
  return found;
}

function friendlyName(index: number, options: WorldOptions): string {
  if (index === 0) return 'Main account';
  const nasty = options.plain ? undefined : NASTY_NAMES[index - 1];
  return nasty ?? `customer-${String(index).padStart(5, '0')}`;
}

interface Life {
  createdAt: number;
  endsAt: number;
  endStatus: AccountStatus;
}

function life(index: number, options: WorldOptions): Life {
  const days = periodDays(options);
  const middle = options.from + Math.floor(days / 2) * DAY_SECONDS;
  const before = options.from - CREATED_DAYS_BEFORE * DAY_SECONDS;
  const key = deriveKey(options.seed, 0x11fe, index);
  const createdAt = before + (key % (CREATED_DAYS_BEFORE - 40)) * DAY_SECONDS + (mix(key, 2) % DAY_SECONDS);
  const always: Life = { createdAt, endsAt: Number.POSITIVE_INFINITY, endStatus: 'active' };
  if (index === 0) return { ...always, createdAt: before - DAY_SECONDS };
  if (options.plain || options.oneAccount) return always;
  if (endsBeforePeriod(index)) return { createdAt, endsAt: options.from - 20 * DAY_SECONDS, endStatus: 'closed' };
  if (days < 2) return always;
  if (index % 9 === 4) return { createdAt, endsAt: middle + 9 * HOUR_SECONDS, endStatus: 'suspended' };
  if (index % 9 === 7) return { createdAt, endsAt: middle + 30 * HOUR_SECONDS, endStatus: 'closed' };
  if (index % 13 === 9) return { ...always, createdAt: middle - 10 * HOUR_SECONDS };
  return always;
}

/** Account currencies: mostly dollars, some others, and a few accounts that change theirs at a midnight in mid-period. */
function currencies(
  index: number,
  options: WorldOptions,
): Pick<Account, 'currency' | 'laterCurrency' | 'currencyChangesAt'> {
  const never = Number.POSITIVE_INFINITY;
  if (options.plain || index === 0) return { currency: 0, laterCurrency: 0, currencyChangesAt: never };
  if (index % 10 === 5) {
    const middle = options.from + Math.floor(periodDays(options) / 2) * DAY_SECONDS;
    return { currency: 1, laterCurrency: 0, currencyChangesAt: middle };
  }
  const currency = index % 8 === 3 ? 1 : index % 8 === 6 ? 2 : index % 16 === 12 ? 3 : index % 16 === 1 ? 4 : 0;
  return { currency, laterCurrency: currency, currencyChangesAt: never };
}

function ownNumbers(index: number, options: WorldOptions, sids: SidCodec): OwnNumber[] {
  const key = deriveKey(options.seed, 0x9a11, index);
  const count = 1 + (key % OWN_NUMBERS_MAX);
  const types = [NumberType.local, NumberType.local, NumberType.tollFree, NumberType.mobile];
  return Array.from({ length: count }, (_, at) => {
    const sid = `PN${sids.hex(index, SidKind.number, at)}`;
    return ownNumber(sid, types[at % types.length] ?? NumberType.local, mix(key, at + 1));
  });
}

/** Every account of the world, the parent first. */
export function makeAccounts(options: WorldOptions, sids: SidCodec): Account[] {
  const ownerSid = `AC${sids.hex(0, SidKind.account, 0)}`;
  return sizes(options).map((size, index): Account => {
    const key = deriveKey(options.seed, 0xacc, index);
    const callShare = options.calls ? (options.messages ? 0.35 + (key % 40) / 100 : 1) : 0;
    const calls = Math.round(size * callShare);
    return {
      index,
      sid: `AC${sids.hex(index, SidKind.account, index)}`,
      ownerSid,
      authToken: hexToken(deriveKey(options.seed, 0x70c, index)),
      friendlyName: friendlyName(index, options),
      ...life(index, options),
      ...currencies(index, options),
      discountPercent: options.plain ? 100 : 60 + (mix(key, 3) % 41),
      numbers: ownNumbers(index, options, sids),
      calls,
      messages: size - calls,
      isDeleted: false,
    };
  });
}

/** The status of an account at an instant. */
export function statusAt(account: Account, now: number): AccountStatus {
  return now >= account.endsAt ? account.endStatus : 'active';
}

/** Index into CURRENCIES of what an account is charged in at an instant. */
export function currencyAt(account: Account, instant: number): number {
  return instant >= account.currencyChangesAt ? account.laterCurrency : account.currency;
}

/** The hours of the period in which an account has traffic, counted from its start: `[first, end)`. */
export function liveHours(account: Account, options: WorldOptions): { first: number; end: number } {
  const start = Math.max(account.createdAt, options.from);
  const end = Math.min(account.endsAt, options.to);
  return {
    first: Math.ceil((start - options.from) / HOUR_SECONDS),
    end: Math.max(Math.floor((end - options.from) / HOUR_SECONDS), 0),
  };
}

/** The first day for which an account can have usage. */
export function firstDay(account: Account): number {
  return dayOf(account.createdAt);
}
