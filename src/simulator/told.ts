import type { Account } from './accounts.js';
import type { Discrepancy } from './causes.js';
import { familyOf } from './families.js';
import { accountOf, type Injection } from './injected.js';
import { CURRENCIES, fixedText, Sum } from './money.js';
import { dayInstants, eachRecord, type Instants, RecordFacts, readRecord, SERVICES, type Service } from './records.js';
import { dayOf, dayText } from './time.js';
import type { World } from './world.js';

type Facts = Readonly<RecordFacts>;
type Line = Omit<Discrepancy, 'cause' | 'account_sid'>;

/**
 * What an injection does at the simulated clock, worked out from the records as they are now: usage less itemised cost, a
 * line for each day, currency and family that differs.
 */
export function told(world: World, injection: Injection): Discrepancy[] {
  const { cause } = injection;
  const { sid } = accountOf(injection);
  // Nothing differs where what is concerned costs nothing; only an unknown usage and minutes say something without money.
  const isKept = ({ amount }: Line): boolean =>
    cause === 'usage_unknown' || cause === 'minute_rounding' || amount !== ZERO;
  return linesOf(world, injection)
    .filter(isKept)
    .map((line) => ({ cause, account_sid: sid, ...line }));
}

const ZERO = fixedText(0n);

function linesOf(world: World, injection: Injection): Line[] {
  switch (injection.kind) {
    case 'record':
      return ofRecord(world, injection);
    case 'midnight':
      return ofMidnight(world, injection);
    case 'leaf':
      return ofLeaf(world, injection);
    case 'lag': {
      const { account, day, until } = injection;
      const span = { from: until, to: dayInstants(day).to };
      return tally(world, account, SERVICES, span, (facts) => -facts.charged);
    }
    case 'currency': {
      const { account, day, currency } = injection;
      const lines = (sign: 1 | -1): Line[] =>
        tally(world, account, SERVICES, dayInstants(day), (facts) => sign * facts.charged);
      return [...lines(-1), ...lines(1).map((line) => ({ ...line, currency: nameOf(currency) }))];
    }
    case 'list':
      return tally(world, injection.account, [injection.service], ALWAYS, (facts) => facts.charged);
    case 'account':
      return ofAccount(world, injection);
  }
}

const ALWAYS: Instants = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function nameOf(currency: number): string {
  return CURRENCIES[currency] ?? '';
}

function lineOf({ day, currency, family }: Pick<Facts, 'day' | 'currency' | 'family'>, amount: number): Line {
  return { day: dayText(day), currency: nameOf(currency), family, amount: fixedText(BigInt(amount)), count: 1 };
}

function ofRecord(world: World, injection: Extract<Injection, { kind: 'record' }>): Line[] {
  const { account, service, index } = injection.record;
  const facts = new RecordFacts();
  if (!readRecord(world.traffic(account), service, index, world.now, facts)) return [];
  if (injection.cause === 'surplus_rows') return [lineOf(facts, -facts.cost)];
  return [lineOf(facts, injection.cause === 'restated' ? facts.charged - facts.cost : facts.charged)];
}

function ofMidnight(world: World, injection: Extract<Injection, { kind: 'midnight' }>): Line[] {
  const { account, service, index } = injection.record;
  const facts = new RecordFacts();
  if (!readRecord(world.traffic(account), service, index, world.now, facts)) return [];
  const other = { ...facts, day: injection.otherDay };
  return [lineOf(facts, -facts.charged), lineOf(other, facts.charged)];
}

function ofLeaf(world: World, injection: Extract<Injection, { kind: 'leaf' }>): Line[] {
  const { account, day, leaf, count, usage, price, cause } = injection;
  if (day > dayOf(world.now)) return [];
  const currency = world.usage.currencyOn(account, day);
  const line = { ...lineOf({ day, currency, family: familyOf(leaf) }, price), count };
  return [cause === 'minute_rounding' ? { ...line, minutes: usage } : line];
}

function ofAccount(world: World, { account, cause }: Extract<Injection, { kind: 'account' }>): Line[] {
  if (cause === 'usage_unknown') {
    return tally(world, account, SERVICES, ALWAYS, () => 0).map((line) => ({ ...line, count: 0 }));
  }
  if (cause === 'carrier_fees') {
    return tally(world, account, ['messages'], ALWAYS, ({ fee }) => (fee === 0 ? undefined : -fee));
  }
  return tally(world, account, ['messages'], ALWAYS, ({ isFailed, cost }) => (isFailed ? -cost : undefined));
}

/**
 * One line for each day and family of some records.
 *
 * @param amountOf what a record adds to its line; undefined = it is no part of it
 */
function tally(
  world: World,
  account: Account,
  services: readonly Service[],
  span: Instants,
  amountOf: (facts: Facts) => number | undefined,
): Line[] {
  const found = new Map<string, { line: Line; sum: Sum }>();
  for (const service of services) {
    eachRecord(world.traffic(account), service, span, world.now, (facts) => {
      const amount = amountOf(facts);
      if (amount === undefined) return;
      const key = `${facts.day} ${facts.family}`;
      let part = found.get(key);
      if (part === undefined) {
        part = { line: { ...lineOf(facts, 0), count: 0 }, sum: new Sum() };
        found.set(key, part);
      }
      part.line.count++;
      part.sum.add(amount);
    });
  }
  return [...found.values()].map(({ line, sum }) => ({ ...line, amount: fixedText(sum.total()) }));
}
