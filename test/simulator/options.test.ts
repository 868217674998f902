import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../src/simulator/options.js';
import { Rhythm, Slots } from '../../src/simulator/rhythm.js';
import { SidCodec, SidKind } from '../../src/simulator/sids.js';
import { simulatorFlags, startSimulatorHere } from '../support/simulator.js';

describe('options', () => {
  it('that make no sense are refused by name', async () => {
    const cases = [
      [{ accounts: -1 }, /^accounts/],
      [{ records: 1.5 }, /^records/],
      [{ seed: -1 }, /^seed/],
      [{ from: '2026-02-30' }, /^from must be a day/],
      [{ to: 'x' }, /^to must be a day/],
      [{ from: '2026-11-01', to: '2026-09-01' }, /must be after from/],
      [{ now: 'soon' }, /^now must be/],
      [{ profiles: ['calls-only', 'messages-only'] }, /^profile/],
      [{ pageRowsMax: 0 }, /^page rows/],
      [{ pageRowsMax: 1001 }, /^page rows/],
      [{ otherTraffic: { levels: [], eachMs: 5 } }, /^other traffic/],
      [{ otherTraffic: { levels: [1], eachMs: 0 } }, /^other traffic/],
    ] as const;
    for (const [options, message] of cases) await expect(startSimulatorHere(options)).rejects.toThrow(message);
  });

  it('make worlds of calls only, messages only, one account, one size, nothing odd', async () => {
    const worlds = [
      { profiles: ['calls-only'] },
      { profiles: ['messages-only'] },
      { profiles: ['one-account'] },
      { profiles: ['plain', 'calls-only', 'uniform'] },
      { accounts: 0 },
    ] as const;
    const summaries: unknown[] = [];
    for (const world of worlds) {
      const simulator = await startSimulatorHere({ accounts: 10, records: 2000, ...world });
      const { days, undated, unpriced } = await simulator.truth();
      await simulator.stop();
      summaries.push({
        services: [...new Set(days.map((day) => day.service))].sort(),
        accounts: new Set(days.map((day) => day.account_sid)).size,
        count: days.reduce((sum, day) => sum + day.count, 0) + undated.length,
        isClean: undated.length + unpriced.length === 0,
      });
    }
    expect(summaries).toEqual([
      { services: ['calls'], accounts: 10, count: 2000, isClean: false },
      { services: ['messages'], accounts: 10, count: 2000, isClean: false },
      { services: ['calls', 'messages'], accounts: 1, count: 2000, isClean: false },
      { services: ['calls'], accounts: 10, count: 2000, isClean: true },
      { services: ['calls', 'messages'], accounts: 1, count: 2000, isClean: false },
    ]);
  });

  it('are all flags of the command', () => {
    const flags = simulatorFlags({
      now: '2026-09-09',
      otherTraffic: { levels: [1, 2], eachMs: 5 },
      retryAfterSeconds: 3,
      listsParent: false,
      discrepancies: ['unexplained'],
    });
    expect(flags.filter((text) => text.startsWith('--'))).toHaveLength(Object.keys(DEFAULT_OPTIONS).length);
  });
});

describe('the time line', () => {
  it.each([false, true])('never runs backwards and stays inside the life of the account, crowded: %s', (crowded) => {
    const from = Date.UTC(2026, 8, 1) / 1000;
    const to = Date.UTC(2026, 10, 1) / 1000;
    for (const [habit, count] of [
      [0, 1],
      [0, 40],
      [1, 20_000],
      [2, 100_000],
    ] as const) {
      const slots = new Slots(count, new Rhythm(from, to, 7, habit), 30, 1200, 99, crowded);
      let last = from + (crowded ? 24 : 30) * 3600;
      for (let index = 0; index < count; index++) {
        const time = slots.timeOf(index);
        if (time < last) throw new Error(`record ${index} of ${count} is at ${time}, after one at ${last}`);
        last = time;
      }
      expect(last).toBeLessThan(from + 1200 * 3600);
      const again = slots.timeOf(0);
      expect(new Slots(count, new Rhythm(from, to, 7, habit), 30, 1200, 99, crowded).timeOf(0)).toBe(again);
    }
  });

  it('of a crowded world has every record in the first or the last ten seconds of a day, and each of them holds some', async () => {
    const from = Date.UTC(2026, 9, 5) / 1000;
    const to = from + 2 * 86_400;
    const slots = new Slots(2000, new Rhythm(from, to, 7, 2), 0, 48, 99, true);
    const seconds = Array.from({ length: 2000 }, (_, index) => slots.timeOf(index) - from);
    expect(seconds.filter((second) => second % 86_400 >= 10 && second % 86_400 < 86_390)).toEqual([]);
    expect(new Set(seconds).size).toBe(2 * 20);
  });
});

describe('SIDs', () => {
  it('lead back to what they stand for, and made-up ones to nothing', () => {
    const sids = new SidCodec(3);
    const seen = new Set<string>();
    for (let index = 0; index < 5000; index++) {
      const hex = sids.hex(index % 41, SidKind.call, index * 7919);
      expect(hex).toMatch(/^[0-9a-f]{32}$/);
      expect(sids.decode(hex)).toEqual({ account: index % 41, kind: SidKind.call, index: index * 7919 });
      seen.add(hex.slice(0, 8));
    }
    expect(seen.size).toBeGreaterThan(4900);
    expect(sids.decode('0'.repeat(32))).toBeUndefined();
    expect(sids.decode('not a sid')).toBeUndefined();
    expect(new SidCodec(4).decode(sids.hex(1, SidKind.call, 1))).toBeUndefined();
  });
});
