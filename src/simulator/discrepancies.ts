import { CAUSES, type Cause, type Discrepancy, type DiscrepancyRequest } from './causes.js';
import type { Claims } from './claims.js';
import { takeInventory } from './inventory.js';
import { makeInjection } from './make-injection.js';
import { deriveKey, mix } from './random.js';
import { type Target, targetsOf } from './targets.js';
import { dayText } from './time.js';
import { told } from './told.js';
import type { DaySpan } from './usage-sums.js';
import type { World } from './world.js';

/** What takes much comes first in each round, so that it still finds an account without anything else. */
const ORDER: readonly Cause[] = [
  'usage_unknown',
  'extraction_incomplete',
  'carrier_fees',
  'failed_message_fees',
  'usage_not_final',
  'currency_mismatch',
  'day_attribution',
  'not_itemised',
  'minute_rounding',
  'unpriced_rows',
  'deleted_at_twilio',
  'surplus_rows',
  'restated',
  'unexplained',
];

/** In an order that depends on nothing but the key. */
function shuffled<T>(items: readonly T[], key: number): T[] {
  const found = [...items];
  for (let at = found.length - 1; at > 0; at--) {
    const other = mix(key, at) % (at + 1);
    [found[at], found[other]] = [found[other] as T, found[at] as T];
  }
  return found;
}

/** Preferred targets first. The next one stands at the end. */
function queueOf(targets: readonly Target[], key: number): Target[] {
  const mixed = shuffled(targets, key);
  const isPreferred = (target: Target): boolean => target.isPreferred === true;
  return [...mixed.filter((target) => !isPreferred(target)), ...mixed.filter(isPreferred)];
}

/** Takes targets from a queue until one is free. One that is not will never be. */
function nextFree(claims: Claims, queue: Target[]): Target | undefined {
  for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
    if (claims.isFree(target.claim)) return target;
  }
  return undefined;
}

/**
 * Makes usage and lists contradict each other in known ways, and says what differs then. The same world, clock and request
 * give the same injections. No two of them meet: each has days of an account and family to itself, with a day between.
 * Where the world has room for fewer than were asked for, there are fewer.
 */
export function injectDiscrepancies(world: World, { seed, causes, each }: DiscrepancyRequest): Discrepancy[] {
  const lots = takeInventory(world);
  const queues = ORDER.filter((cause) => causes.includes(cause)).map((cause) => {
    const key = deriveKey(seed, 0xd15c, CAUSES.indexOf(cause));
    return { cause, key, targets: queueOf(targetsOf(world, lots, cause), key) };
  });
  const found: Discrepancy[] = [];
  for (let round = 0; round < each; round++) {
    for (const { cause, key, targets } of queues) {
      const target = nextFree(world.injected.claims, targets);
      if (target === undefined) continue;
      const injection = makeInjection(world, cause, target, mix(key, ~round));
      world.injected.claims.take(target.claim);
      world.injected.add(injection);
      world.usage.deviations = world.injected;
      found.push(...told(world, injection));
    }
  }
  world.forgetUsage();
  return found;
}

/** Everything that was injected, as it is at the simulated clock, on some days. */
export function* toldDiscrepancies(world: World, days: DaySpan): Generator<Discrepancy> {
  const [first, last] = [dayText(days.first), dayText(days.last)];
  for (const injection of world.injected.injections) {
    for (const line of told(world, injection)) if (line.day >= first && line.day <= last) yield line;
  }
}
