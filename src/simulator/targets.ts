import type { Account } from './accounts.js';
import type { Cause } from './causes.js';
import type { Claim } from './claims.js';
import { FAMILIES, type Family } from './families.js';
import { type Edge, type Lot, periodOf } from './inventory.js';
import type { Service } from './records.js';
import { DAY_SECONDS, HOUR_SECONDS } from './time.js';
import type { World } from './world.js';

/** One place where a cause can be injected: what it would take for itself, and the records there. */
export interface Target {
  claim: Claim;
  lots: Lot[];
  /** The list that cannot be read, of `extraction_incomplete`. */
  service?: Service;
  /** The record that is counted on the other day, of `day_attribution`. */
  edge?: Edge;
  otherDay?: number;
  /** Those are taken first. */
  isPreferred?: boolean;
}

const TEXTS: readonly Family[] = ['sms', 'mms'];
const MESSAGES: readonly Family[] = ['sms', 'mms', 'channels'];
const FOREVER = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };

/** Every place where a cause can be told from all others. */
export function targetsOf(world: World, lots: readonly Lot[], cause: Cause): Target[] {
  switch (cause) {
    case 'usage_unknown':
      return accountTargets(lots, FAMILIES, FAMILIES, (lot) => lot.records).filter(
        ({ claim }) => claim.account.index > 0,
      );
    case 'extraction_incomplete':
      return listTargets(lots);
    case 'carrier_fees':
      return accountTargets(lots, TEXTS, TEXTS, (lot) => lot.withFee);
    case 'failed_message_fees':
      return accountTargets(lots, MESSAGES, MESSAGES, (lot) => lot.texts);
    case 'usage_not_final':
    case 'currency_mismatch':
      return dayTargets(lots, FAMILIES);
    case 'not_itemised':
      return dayTargets(lots, ['uncategorised']);
    case 'day_attribution':
      return midnightTargets(world, lots);
    case 'minute_rounding':
      return lotTargets(lots.filter((lot) => lot.service === 'calls'));
    default:
      return lotTargets(lots);
  }
}

/** Lots that can be injected into, each on its own. */
function lotTargets(lots: readonly Lot[]): Target[] {
  return lots.filter(isClean).map((lot) => ({ claim: claimOf(lot, [lot.family]), lots: [lot] }));
}

/** A difference in this lot is ours alone, and final. */
function isClean(lot: Lot): boolean {
  return lot.fit > 0 && lot.odd === 0 && lot.isSettled;
}

function claimOf({ account, day }: Lot, families: readonly Family[]): Claim {
  return { account, families, first: day, last: day };
}

function groupBy(lots: readonly Lot[], keyOf: (lot: Lot) => string): Lot[][] {
  const groups = new Map<string, Lot[]>();
  for (const lot of lots) {
    const group = groups.get(keyOf(lot));
    if (group === undefined) groups.set(keyOf(lot), [lot]);
    else group.push(lot);
  }
  return [...groups.values()];
}

/** Whole days of accounts. */
function dayTargets(lots: readonly Lot[], families: readonly Family[]): Target[] {
  const days = groupBy(lots, (lot) => `${lot.account.index} ${lot.day}`);
  return days.flatMap((found) => {
    const [lot] = found;
    if (lot === undefined || !found.some(isClean) || found.some(({ odd }) => odd > 0)) return [];
    return [{ claim: claimOf(lot, families), lots: found }];
  });
}

/** Some families of whole accounts, where those families have something to inject into and nothing odd. */
function accountTargets(
  lots: readonly Lot[],
  families: readonly Family[],
  claimed: readonly Family[],
  suitable: (lot: Lot) => number,
): Target[] {
  const concerned = lots.filter((lot) => families.includes(lot.family));
  return groupBy(concerned, (lot) => String(lot.account.index)).flatMap((found) => {
    const account = found[0]?.account as Account;
    if (found.some(({ odd }) => odd > 0) || !found.some((lot) => suitable(lot) > 0)) return [];
    return [{ claim: { account, families: claimed, ...FOREVER }, lots: found }];
  });
}

/** The calls or the messages of whole accounts. */
function listTargets(lots: readonly Lot[]): Target[] {
  return groupBy(lots, (lot) => `${lot.account.index} ${lot.service}`).flatMap((found) => {
    const [lot] = found;
    if (lot === undefined || found.some(({ odd }) => odd > 0) || !found.some(({ fit }) => fit > 0)) return [];
    return [{ claim: { account: lot.account, families: FAMILIES, ...FOREVER }, lots: found, service: lot.service }];
  });
}

/** Midnights between two days of the period, with the record that is nearest to each: best one within an hour. */
function midnightTargets(world: World, lots: readonly Lot[]): Target[] {
  const { first, last } = periodOf(world);
  return groupBy(lots, (lot) => `${lot.account.index} ${lot.family}`).flatMap((found) => {
    const byDay = new Map(found.map((lot) => [lot.day, lot]));
    return found.flatMap((lot): Target[] => {
      const both = (otherDay: number): Target[] => {
        const other = byDay.get(otherDay);
        const isNext = otherDay > lot.day;
        const midnight = Math.max(lot.day, otherDay) * DAY_SECONDS;
        const edge = isNext ? lot.last : lot.first;
        const distance = Math.abs(edge.time - midnight);
        const rival = isNext ? other?.first : other?.last;
        const isNearest = rival === undefined || distance < Math.abs(rival.time - midnight);
        const isLaterSettled = (Math.max(lot.day, otherDay) + 2) * DAY_SECONDS <= world.now;
        const isOneCurrency = world.usage.currencyOn(lot.account, otherDay) === lot.currency;
        if (!isClean(lot) || (other?.odd ?? 0) > 0 || !edge.isFit || !isNearest) return [];
        if (otherDay < first || otherDay > last || !isLaterSettled || !isOneCurrency) return [];
        const days = { first: Math.min(lot.day, otherDay), last: Math.max(lot.day, otherDay) };
        const claim = { account: lot.account, families: [lot.family], ...days };
        return [{ claim, lots: [lot], edge, otherDay, isPreferred: distance <= HOUR_SECONDS }];
      };
      return [...both(lot.day - 1), ...both(lot.day + 1)];
    });
  });
}
