import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdaptiveLimit,
  afterAnswer,
  afterRefusal,
  pauseMs,
  spacingMs,
  startLimit,
} from '../../src/domain/adaptive-limit.js';
import { concurrencyStart, headRoomPercentMax, refusalPauseMsMax, retryTotalMsMax } from '../../src/domain/limits.js';
import { runThrottled, type ThrottledWorld } from '../support/throttled-model.js';

/** fast-check prints the seed of what fails. Making the world smaller would take minutes. */
const runs = { numRuns: 60, endOnFailure: true };

/** Numbers in [0, 1) from a seed, so that a world is the same each time. */
function numbersFrom(start: number): () => number {
  let state = (start % 2147483646) + 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

const worlds = fc
  .record({
    cap: fc.integer({ min: 1, max: 200 }),
    headRoomPercent: fc.integer({ min: 0, max: headRoomPercentMax }),
    ceiling: fc.integer({ min: 1, max: 60 }),
    levels: fc.array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 6 }),
    eachMs: fc.integer({ min: 200, max: 5000 }),
    fastestMs: fc.integer({ min: 5, max: 400 }),
    spreadMs: fc.integer({ min: 0, max: 400 }),
    tells: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ ceiling, levels, eachMs, fastestMs, spreadMs, seed: own, ...world }) => {
    const number = numbersFrom(own);
    return {
      ...world,
      forMs: 20_000,
      ceilingAt: () => ceiling,
      othersAt: (ms: number) => levels[Math.floor(ms / eachMs) % levels.length] ?? 0,
      latencyMs: () => fastestMs + number() * spreadMs,
    };
  });

const stairs = [2, 3, 4, 5, 6, 5, 4, 3];
const below = (changes: Partial<ThrottledWorld>): ThrottledWorld => ({
  cap: 20,
  headRoomPercent: 10,
  forMs: 60_000,
  ceilingAt: () => 10,
  othersAt: (ms) => stairs[Math.floor(ms / 2500) % stairs.length] ?? 0,
  latencyMs: () => 200,
  tells: true,
  ...changes,
});

const number = numbersFrom(1);
const anyLatencyMs = (): number => 50 + number() * 300;

describe('in any world', () => {
  it('the limit is whole, at least one, at most the cap; a refusal halves it once a round trip and never raises it', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const watch = (state: AdaptiveLimit, _: number, refused: boolean, before: AdaptiveLimit): void => {
          expect(Number.isInteger(state.limit)).toBe(true);
          expect(state.limit).toBeGreaterThanOrEqual(1);
          expect(state.limit).toBeLessThanOrEqual(world.cap);
          if (!refused) return;
          expect(state.limit).toBeLessThanOrEqual(before.limit);
          const halves = state.halvedAt !== before.halvedAt;
          if (halves) expect(state.limit).toBeLessThanOrEqual(Math.max(1, Math.floor(before.limit / 2)));
        };
        runThrottled({ ...world, watch });
      }),
      runs,
    );
  });

  it('once the throttling ends, the cap is reached', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        // A ceiling above the cap and the others can never be seen to be gone, nor need it be.
        const most = (count: number): number => Math.min(count, 12);
        const ceilingAt = (ms: number): number => (ms < 10_000 ? most(world.ceilingAt()) : 1_000_000);
        const othersAt = (ms: number): number => (ms < 10_000 ? most(world.othersAt(ms)) : 1);
        const { state } = runThrottled({ ...world, cap: 20, ceilingAt, othersAt, forMs: 150_000 });
        expect(state.limit).toBe(state.cap);
      }),
      { ...runs, numRuns: 15 },
    );
  });
});

describe('below a ceiling of ten', () => {
  it.each([
    ['answers of the same length', () => 200],
    ['answers of any length', anyLatencyMs],
  ])('that others use as well, with %s: the room is used, and few are refused', (_, latencyMs) => {
    const { used, refusedShare } = runThrottled(below({ latencyMs }));
    expect(used).toBeGreaterThan(0.92);
    expect(refusedShare).toBeLessThan(0.01);
  });

  it.each([10, 30, 60])(
    'a head room of %i percent is left to others, but for short looks beyond it',
    (headRoomPercent) => {
      const allowed = 10 - headRoomPercent / 10;
      let [seen, beyond] = [0, 0];
      const watch = (state: AdaptiveLimit, ms: number): void => {
        if (ms < 10_000) return;
        seen += 1;
        if (state.limit + 2 > allowed) beyond += 1;
      };
      const { used } = runThrottled(below({ headRoomPercent, othersAt: () => 2, forMs: 120_000, watch }));
      expect(used).toBeGreaterThan(0.95);
      expect(beyond / seen).toBeLessThan(0.1);
    },
  );

  it('without the header fewer are used, and few are refused all the same', () => {
    const { used, refusedShare } = runThrottled(below({ tells: false }));
    expect(used).toBeGreaterThan(0.5);
    expect(refusedShare).toBeLessThan(0.02);
  });

  it('where others take all of it, hardly anything is sent, and all of it again when they are gone', () => {
    const requests = { throttled: 0 };
    const watch = (_: AdaptiveLimit, ms: number): void => {
      if (ms > 5000 && ms < 30_000) requests.throttled += 1;
    };
    const othersAt = (ms: number): number => (ms < 30_000 ? 10 : 0);
    const { state } = runThrottled(below({ othersAt, watch }));
    expect(requests.throttled).toBeLessThan(10);
    expect(state.limit).toBe(9);
  });
});

describe('by itself', () => {
  const sent = (number: number, inFlight: number, limit: number) => ({ number, inFlight, limit });

  it('begins gently and reaches twenty in four round trips', () => {
    expect(startLimit(3, 10).limit).toBe(3);
    expect(startLimit(200, 10).limit).toBe(concurrencyStart);
    const { state } = runThrottled(below({ ceilingAt: () => 1000, forMs: 900 }));
    expect(state.limit).toBe(20);
  });

  it('a count below our own says nothing: it may be of one account only', () => {
    let state = startLimit(20, 0);
    for (let number = 1; number <= 40; number += 1) {
      const request = sent(number, state.limit, state.limit);
      state = afterAnswer(state, { request, concurrentRequests: 1, sentLast: number });
    }
    expect(state).toMatchObject({ limit: 20, others: 0 });
    const refused = { request: sent(41, 20, 20), concurrentRequests: 3, sentLast: 41 };
    expect(afterRefusal(state, refused)).toMatchObject({ limit: 10, ceiling: 19 });
  });

  it('spaces requests below a ceiling only, and never so far apart that the room is not full', () => {
    const state = { ...startLimit(20, 10), limit: 7 };
    expect(spacingMs(state, 200)).toBe(0);
    expect(spacingMs({ ...state, ceiling: 10 }, 200)).toBe(14);
    expect(spacingMs({ ...state, ceiling: 10 }, 20)).toBe(0);
    expect(spacingMs({ ...state, ceiling: 10 }, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it('waits as Retry-After says, within limits; else only where nothing but refusals comes', () => {
    const state = startLimit(20, 10);
    expect(pauseMs(state, '7', 0)).toBe(7000);
    expect(pauseMs(state, String(retryTotalMsMax / 1000 + 1), 0)).toBe(0);
    expect(pauseMs({ ...state, refusalsInARow: 1 }, 'soon', 0)).toBe(0);
    expect(pauseMs({ ...state, refusalsInARow: 2 }, undefined, 0)).toBe(250);
    expect(pauseMs({ ...state, refusalsInARow: 50 }, undefined, 0)).toBe(refusalPauseMsMax);
  });
});
