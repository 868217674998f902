import { afterEach, describe, expect, it } from 'vitest';
import { CAUSES, type Cause, type Discrepancy, type DiscrepancyRequest } from '../../src/simulator/causes.js';
import {
  type SimulatorHandle,
  type SimulatorTestOptions,
  startSimulatorHere,
  type Truth,
} from '../support/simulator.js';
import { Api, listPath, type Row, rowsOf, units } from './api.js';
import { check, checkDistances, checkSums, extraMinutes, keyOf } from './discrepancy-checks.js';

let simulator: SimulatorHandle;
afterEach(() => simulator.stop());

const PLAIN: SimulatorTestOptions = { accounts: 9, records: 3000, to: '2026-09-11', profiles: ['plain'] };
const MIXED: SimulatorTestOptions = { accounts: 30, records: 4000, to: '2026-09-11' };
/** Causes that take whole accounts or whole families of them: a small world has room for fewer than are asked for. */
const WIDE: readonly Cause[] = ['usage_unknown', 'extraction_incomplete', 'carrier_fees', 'failed_message_fees'];

describe.each(CAUSES)('%s', (cause) => {
  it.each([1, 2, 3])('is exactly what usage and lists differ by, seed %i', async (seed) => {
    simulator = await startSimulatorHere({ ...PLAIN, seed });
    const lines = await simulator.injectDiscrepancies({ seed, causes: [cause], each: 3 });
    expect(new Set(lines.map((line) => line.cause))).toEqual(new Set([cause]));
    const { comparison } = await check(simulator, lines);
    const minutes = lines.flatMap((line) => (line.minutes === undefined ? [] : [[keyOf(line), line.minutes]]));
    expect(Object.fromEntries(extraMinutes(comparison))).toEqual(Object.fromEntries(minutes));
    const free = lines.filter((line) => units(line.amount) === 0n).length;
    if (cause === 'minute_rounding') expect(free).toBe(1);
    else if (cause !== 'usage_unknown') expect(free).toBe(0);
    if (!WIDE.includes(cause)) expect(new Set(lines.map(keyOf)).size).toBeGreaterThanOrEqual(3);
  });
});

describe('all causes together', () => {
  it.each([11, 12, 13, 14, 15, 16])('are told apart in a plain world, seed %i', async (seed) => {
    simulator = await startSimulatorHere({ ...PLAIN, accounts: 16, records: 6000, seed });
    const lines = await simulator.injectDiscrepancies({ seed, causes: CAUSES, each: 2 });
    expect(new Set(lines.map((line) => line.cause))).toEqual(new Set(CAUSES));
    checkDistances(lines);
    const { truth, comparison } = await check(simulator, lines);
    await checkSums(simulator, comparison, truth, 97);
  });

  it.each([21, 22, 23])('are told apart in a world of several currencies and late prices, seed %i', async (seed) => {
    simulator = await startSimulatorHere({ ...MIXED, seed });
    const before = await simulator.truth();
    const odd = new Set(before.unpriced.map((row) => `${row.account_sid} ${row.day}`));
    const lines = await simulator.injectDiscrepancies({ seed, causes: CAUSES, each: 2 });
    expect(new Set(lines.map((line) => line.cause)).size).toBeGreaterThan(11);
    checkDistances(lines);
    const { truth, comparison } = await check(simulator, lines, false);
    await checkSums(simulator, comparison, truth, 1000);
    const wholeDays = lines.filter((line) => line.cause === 'usage_not_final' || line.cause === 'currency_mismatch');
    expect(wholeDays.filter((line) => odd.has(`${line.account_sid} ${line.day}`))).toEqual([]);
  });

  it('follow the clock', async () => {
    simulator = await startSimulatorHere({ ...MIXED, seed: 31, now: '2026-09-07T15:00:00Z' });
    const early = await simulator.injectDiscrepancies({ seed: 5, causes: CAUSES, each: 2 });
    await check(simulator, early, false);
    await simulator.setClock('2026-09-25T00:00:00Z');
    const { discrepancies } = await simulator.truth();
    expect(discrepancies).not.toEqual(early);
    await check(simulator, discrepancies, false);
  });

  it('are the same again for the same seed, and others for another', async () => {
    const found: Discrepancy[][] = [];
    for (const seed of [5, 5, 6]) {
      simulator = await startSimulatorHere(PLAIN);
      found.push(await simulator.injectDiscrepancies({ seed, causes: CAUSES, each: 1 }));
      if (found.length < 3) await simulator.stop();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).not.toEqual(found[0]);
  });

  it('keep clear of those that were injected before', async () => {
    simulator = await startSimulatorHere({ ...PLAIN, records: 6000 });
    const causes = CAUSES.filter((cause) => cause !== 'restated');
    const first = await simulator.injectDiscrepancies({ seed: 3, causes, each: 1 });
    const later = await simulator.injectDiscrepancies({ seed: 3, causes: ['restated', 'deleted_at_twilio'], each: 4 });
    expect(later).toHaveLength(8);
    checkDistances([...first, ...later]);
    await check(simulator, [...first, ...later]);
  });

  it('are there from the start where the options say so', async () => {
    simulator = await startSimulatorHere({ ...PLAIN, seed: 8, discrepancies: ['unexplained', 'not_itemised'] });
    const { discrepancies } = await simulator.truth();
    expect(discrepancies).toHaveLength(4);
    await check(simulator, discrepancies);
  });
});

describe('a record that the list shows twice', () => {
  it('has two SIDs, stands in one page or two, and can be fetched by both', async () => {
    simulator = await startSimulatorHere({ ...PLAIN, records: 200, accounts: 1 });
    const lines = await simulator.injectDiscrepancies({ seed: 1, causes: ['surplus_rows'], each: 6 });
    expect(lines.length).toBeGreaterThan(2);
    const api = new Api(simulator);
    for (const sid of new Set(lines.map((line) => line.account_sid))) {
      for (const list of ['Calls', 'Messages']) {
        const whole = await api.rows(listPath(sid, list, { PageSize: 1000 }));
        for (const size of [1, 2, 3]) expect(await api.rows(listPath(sid, list, { PageSize: size }))).toEqual(whole);
        const [first, second] = await api.pages(listPath(sid, list, { PageSize: 1 }));
        expect(rowsOf((await api.get(String(second?.previous_page_uri))).json)).toEqual(rowsOf(first as Row));
        const content = (row: Row): string => JSON.stringify(row).replaceAll(String(row.sid), '');
        const twice = whole.filter((row, at) => at > 0 && content(row) === content(whole[at - 1] as Row));
        const isMessage = list === 'Messages';
        const here = lines.filter(
          (line) => line.account_sid === sid && /^(sms|mms|channels)$/.test(line.family) === isMessage,
        );
        expect(twice).toHaveLength(here.length);
        for (const row of whole) expect((await api.get(String(row.uri))).json).toEqual(row);
      }
    }
  });
});

describe('a world without injections', () => {
  it.each(['plain', 'mixed'] as const)('has no difference, and no category that nobody knows: %s', async (profile) => {
    simulator = await startSimulatorHere({ ...MIXED, seed: 4, profiles: [profile] });
    const { truth, comparison } = await check(simulator, []);
    const rows = [...comparison.usageRows.values()].flat();
    expect(rows.some((row) => row.category === 'simulated-new-service')).toBe(false);
    const fees = rows.filter((row) => row.category === 'failed-message-processing-fee');
    expect(fees.length).toBeGreaterThan(0);
    expect(fees.every((row) => row.price === '0')).toBe(true);
    await checkSums(simulator, comparison, truth, 1000);
  });
});

it('a category that nobody knows is part of the total price, and of nothing else', async () => {
  simulator = await startSimulatorHere(PLAIN);
  const before = await simulator.truth();
  const lines = await simulator.injectDiscrepancies({ seed: 1, causes: ['not_itemised'], each: 2 });
  const after = await simulator.truth();
  const prices = (truth: Truth): Map<string, bigint> =>
    new Map(truth.usage.map((row) => [`${row.account_sid} ${row.day} ${row.category}`, units(row.price)]));
  const wanted = prices(before);
  for (const { account_sid, day, amount } of lines) {
    const total = `${account_sid} ${day} totalprice`;
    wanted.set(total, (wanted.get(total) ?? 0n) + units(amount));
    wanted.set(`${account_sid} ${day} simulated-new-service`, units(amount));
  }
  expect(prices(after)).toEqual(wanted);
});

it('what is asked for wrongly is refused', async () => {
  simulator = await startSimulatorHere(PLAIN);
  const inject = (request: unknown): Promise<Discrepancy[]> =>
    simulator.injectDiscrepancies(request as DiscrepancyRequest);
  await expect(inject({ seed: 1, causes: ['rounding'], each: 1 })).rejects.toThrow(/causes must be of unpriced_rows/);
  await expect(inject({ seed: 1, causes: 'unexplained', each: 1 })).rejects.toThrow(/must be a list/);
  await expect(inject({ seed: 1, causes: [], each: 0 })).rejects.toThrow(/each must be/);
  await expect(inject({ seed: -1, causes: [], each: 1 })).rejects.toThrow(/seed must be/);
  await expect(inject(null)).rejects.toThrow(/must be/);
});
