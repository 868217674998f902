import type { Account } from './accounts.js';
import { NEW_SERVICE } from './categories.js';
import type { Cause } from './causes.js';
import type { Injection, OfLeaf } from './injected.js';
import { isFit, type Lot } from './inventory.js';
import { CURRENCIES } from './money.js';
import { deriveKey, mix } from './random.js';
import { changeRecord, dayInstants, eachRecord, type RecordFacts, type RecordName } from './records.js';
import type { Target } from './targets.js';
import type { World } from './world.js';

/** Messages that are made to fail, where the seed has none that did. */
const FAILED_MAX = 4;
const MINUTES_MAX = 5;
const NEW_SERVICE_UNITS_MAX = 9;

/**
 * Injects a cause at a target: changes what lists show, and says what is to be done about usage.
 *
 * @param hash random bits: which record, how much
 */
export function makeInjection(world: World, cause: Cause, target: Target, hash: number): Injection {
  const { claim, lots } = target;
  const { account, first: day } = claim;
  switch (cause) {
    case 'usage_unknown':
      return { cause, kind: 'account', account };
    case 'extraction_incomplete':
      return { cause, kind: 'list', account, service: target.service ?? 'calls' };
    case 'carrier_fees':
      world.traffic(account).messages.listsCarrierFees = true;
      return { cause, kind: 'account', account };
    case 'failed_message_fees':
      failMessages(world, account, lots, hash);
      return { cause, kind: 'account', account };
    case 'usage_not_final':
      return { cause, kind: 'lag', account, day, until: pick(world, lots, hash).facts.time };
    case 'currency_mismatch': {
      const other = (world.usage.currencyOn(account, day) + 1 + (hash % (CURRENCIES.length - 1))) % CURRENCIES.length;
      return { cause, kind: 'currency', account, day, currency: other };
    }
    case 'day_attribution': {
      const [lot] = lots;
      const { edge, otherDay } = target;
      if (lot === undefined || edge === undefined || otherDay === undefined) throw new Error('no midnight');
      const record = { account, service: lot.service, index: edge.index };
      return { cause, kind: 'midnight', record, day: lot.day, otherDay };
    }
    case 'not_itemised': {
      const units = 1 + (hash % NEW_SERVICE_UNITS_MAX);
      const price = units * (10_000_000 + (mix(hash, 1) % 90_000_000));
      return { cause, kind: 'leaf', account, day, leaf: NEW_SERVICE, count: units, usage: units, price };
    }
    default:
      return atOneRecord(world, cause, target, hash);
  }
}

type RecordCause = Exclude<Extract<Injection, { kind: 'record' | 'leaf' }>['cause'], 'not_itemised'>;

/** What happens to one record, or to the leaf that counts it. */
function atOneRecord(world: World, cause: RecordCause, { claim, lots }: Target, hash: number): Injection {
  const { account, first: day } = claim;
  const { record, facts, ofLeaf } = pick(world, lots, hash);
  const traffic = world.traffic(account);
  const nth = world.injected.countOf(cause);
  const leaf = (usage: number, price: number): Omit<OfLeaf, 'cause'> => {
    return { kind: 'leaf', account, day, leaf: facts.leaf, count: 0, usage, price };
  };
  switch (cause) {
    case 'unpriced_rows':
      changeRecord(traffic, record, { listed: null });
      return { cause, kind: 'record', record };
    case 'deleted_at_twilio':
      changeRecord(traffic, record, { isDeleted: true });
      return { cause, kind: 'record', record };
    case 'surplus_rows':
      changeRecord(traffic, record, { isTwin: true });
      return { cause, kind: 'record', record };
    case 'minute_rounding': {
      const usage = 1 + (hash % MINUTES_MAX);
      return { cause, ...leaf(usage, nth % 2 === 0 ? usage * facts.rate : 0) };
    }
    case 'restated':
      if (nth % 2 === 0) return { cause, ...leaf(0, oddAmount(hash, ofLeaf)) };
      changeRecord(traffic, record, { listed: facts.charged + oddAmount(hash, facts.charged) });
      return { cause, kind: 'record', record };
    case 'unexplained':
      return { cause, ...leaf(0, oddAmount(hash, ofLeaf)) };
  }
}

/** An amount that no rate of a plain world gives, since it ends in 7: up to two cents, less than what it may be taken from. */
function oddAmount(hash: number, from: number): number {
  const amount = 100_007 + 10 * (hash % 190_000);
  return mix(hash, 2) % 2 === 0 && amount < from ? -amount : amount;
}

interface Picked {
  record: RecordName;
  facts: RecordFacts;
  /** What its leaf costs on that day, in hundred-millionths. */
  ofLeaf: number;
}

/** One of the records that can be injected into. */
function pick(world: World, lots: readonly Lot[], hash: number): Picked {
  const fit = lots.flatMap((lot) => Array.from({ length: lot.fit }, () => lot));
  const lot = fit[hash % fit.length];
  if (lot === undefined) throw new Error('there is no record to inject into');
  const { account, service, family, day } = lot;
  const nth = mix(hash, 3) % lot.fit;
  const byLeaf = new Map<number, number>();
  const found: RecordFacts[] = [];
  eachRecord(world.traffic(account), service, dayInstants(day), world.now, (facts) => {
    if (facts.family !== family) return;
    byLeaf.set(facts.leaf, (byLeaf.get(facts.leaf) ?? 0) + facts.charged);
    if (isFit(facts)) found.push({ ...facts });
  });
  const facts = found[nth];
  if (facts === undefined) throw new Error('the world has changed since the inventory was taken');
  const record = { account, service, index: facts.index };
  return { record, facts, ofLeaf: byLeaf.get(facts.leaf) ?? 0 };
}

/** Makes some of an account's messages fail, and has usage count what failed ones cost apart. */
function failMessages(world: World, account: Account, lots: readonly Lot[], hash: number): void {
  const { messages } = world.traffic(account);
  const days = lots.filter((lot) => lot.texts > 0);
  for (let failed = 0; failed < FAILED_MAX; failed++) {
    const lot = days[deriveKey(hash, failed) % days.length];
    if (lot === undefined) return;
    const fit: number[] = [];
    eachRecord(world.traffic(account), 'messages', dayInstants(lot.day), world.now, (facts) => {
      if (facts.family === lot.family && isFit(facts) && facts.isOutboundText) fit.push(facts.index);
    });
    const index = fit[deriveKey(hash, failed, 1) % fit.length];
    if (index !== undefined)
      changeRecord(world.traffic(account), { account, service: 'messages', index }, { isFailed: true });
  }
  messages.countsFailedApart = true;
}
