import { expect, it } from 'vitest';
import { DEFAULT_OPTIONS, worldOptions } from '../../src/simulator/options.js';
import { dayOf } from '../../src/simulator/time.js';
import { Usage } from '../../src/simulator/usage.js';
import { SumsOfAll, sumOne } from '../../src/simulator/usage-sums.js';
import { World } from '../../src/simulator/world.js';

it('every day of every account is worked out once, whoever asks first and however often', () => {
  const options = { ...DEFAULT_OPTIONS, accounts: 90, records: 2000, to: '2026-09-15' };
  const world = new World(worldOptions(options));
  let workedOut = 0;
  const usage = new Usage(options.seed, (account) => {
    workedOut++;
    return world.traffic(account);
  });
  const all = new SumsOfAll(usage, world.accounts);
  const first = dayOf(world.options.from);
  const span = { first, last: first + 13 };
  const once = 91 * 14;
  const total = all.sum(span, world.now);
  expect(workedOut).toBe(once);
  for (let page = 0; page < 3; page++) expect(all.sum(span, world.now)).toEqual(total);
  for (const account of world.accounts) sumOne(usage, account, span, world.now);
  expect(workedOut).toBe(once);
  usage.clear();
  all.clear();
  for (const account of world.accounts) sumOne(usage, account, span, world.now);
  expect(all.sum(span, world.now)).toEqual(total);
  expect(workedOut).toBe(2 * once);
  expect([...total.values()].some((sums) => sums.some(({ price }) => price > 0n))).toBe(true);
});
