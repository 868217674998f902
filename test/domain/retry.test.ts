import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestAttemptsMax, retryDelayMsBase, retryDelayMsMax, retryTotalMsMax } from '../../src/domain/limits.js';
import { backoffMs, decideRetry, parseRetryAfterMs } from '../../src/domain/retry.js';

const nowMs = Date.UTC(2026, 9, 1, 12, 0, 0);

describe('parseRetryAfterMs', () => {
  it.each([
    ['seconds', '7', 7000],
    ['white space around', ' 7 ', 7000],
    ['fractions', '1.5', 1500],
    ['ten hours', '36000', 36_000_000],
    ['an HTTP date ahead', 'Thu, 01 Oct 2026 12:00:30 GMT', 30_000],
    ['an RFC 850 date ahead', 'Thursday, 01-Oct-26 12:00:30 GMT', 30_000],
    ['an asctime date ahead, which is GMT', 'Thu Oct  1 12:00:30 2026', 30_000],
    ['an HTTP date now', 'Thu, 01 Oct 2026 12:00:00 GMT', undefined],
    ['an HTTP date past', 'Wed, 30 Sep 2026 12:00:30 GMT', undefined],
    ['zero', '0', undefined],
    ['negative', '-5', undefined],
    ['empty', '', undefined],
    ['absent', undefined, undefined],
    ['garbage', 'soon', undefined],
    ['seconds with a unit', '5s', undefined],
    ['an exponent', '1e3', undefined],
    ['hexadecimal', '0x10', undefined],
    ['infinity', 'Infinity', undefined],
    ['more digits than a number holds', '9'.repeat(30), undefined],
    ['an ISO date', '2026-10-01T12:00:30Z', undefined],
    ['a date in local time', 'Thu, 01 Oct 2026 12:00:30 CET', undefined],
    ['a day that does not exist', 'Thu, 99 Oct 2026 12:00:30 GMT', undefined],
    ['two values', '5, 10', undefined],
  ])('%s', (_, header, expected) => {
    expect(parseRetryAfterMs(header, nowMs)).toBe(expected);
  });

  it('reads a date as GMT wherever the machine stands', () => {
    const before = process.env.TZ;
    process.env.TZ = 'America/New_York';
    try {
      expect(new Date(nowMs).getHours()).toBe(8);
      expect(parseRetryAfterMs('Thu Oct  1 12:00:30 2026', nowMs)).toBe(30_000);
      expect(parseRetryAfterMs('Thu, 01 Oct 2026 12:00:30 GMT', nowMs)).toBe(30_000);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });
});

const error = { transient: true };

describe('decideRetry', () => {
  it('does not ask again where it would not help', () => {
    const decision = decideRetry({
      attempt: 1,
      spentMs: 0,
      error: { transient: false, retryAfter: '1' },
      nowMs,
      random: 0,
    });
    expect(decision).toEqual({ kind: 'give_up', reason: 'asking again would not help' });
  });

  it('backs off exponentially with full jitter, up to a cap', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, 0.5));
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000]);
    expect(backoffMs(7, 0)).toBe(0);
    expect(backoffMs(20, 0.999_999)).toBe(retryDelayMsMax - 1);
  });

  it('waits at least as long as Retry-After asks, and spreads behind it', () => {
    const wait = (random: number) =>
      decideRetry({ attempt: 1, spentMs: 0, error: { ...error, retryAfter: '7' }, nowMs, random });
    expect(wait(0)).toEqual({ kind: 'wait', waitMs: 7000 });
    expect(wait(0.5)).toEqual({ kind: 'wait', waitMs: 7250 });
  });

  it.each(['-5', '0', 'soon', 'Wed, 30 Sep 2026 12:00:30 GMT'])(
    'backs off by itself on Retry-After: %s',
    (retryAfter) => {
      const decision = decideRetry({ attempt: 3, spentMs: 0, error: { ...error, retryAfter }, nowMs, random: 0.5 });
      expect(decision).toEqual({ kind: 'wait', waitMs: 1000 });
    },
  );

  it('gives up at once where Retry-After goes beyond the deadline', () => {
    const decision = decideRetry({
      attempt: 1,
      spentMs: 0,
      error: { ...error, retryAfter: '36000' },
      nowMs,
      random: 0,
    });
    expect(decision).toMatchObject({ kind: 'give_up', reason: expect.stringContaining('36000 s') });
  });

  it('gives up after the last try, and when the time is used up', () => {
    const last = decideRetry({ attempt: requestAttemptsMax, spentMs: 0, error, nowMs, random: 0 });
    expect(last).toEqual({ kind: 'give_up', reason: `tried ${requestAttemptsMax} times` });
    const late = decideRetry({ attempt: 2, spentMs: retryTotalMsMax, error, nowMs, random: 0.9 });
    expect(late.kind).toBe('give_up');
  });

  it('always ends, within its limits, whatever the answers say (a failure prints its seed)', () => {
    const headers = fc.oneof(fc.constant(undefined), fc.string(), fc.integer({ min: -10, max: 4000 }).map(String));
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(fc.infiniteStream(headers), fc.infiniteStream(random), (retryAfters, randoms) => {
        let spentMs = 0;
        for (let attempt = 1; ; attempt += 1) {
          const retryAfter = retryAfters.next().value;
          const decision = decideRetry({
            attempt,
            spentMs,
            error: { ...error, retryAfter },
            nowMs,
            random: randoms.next().value,
          });
          if (decision.kind === 'give_up') break;
          expect(decision.waitMs).toBeGreaterThanOrEqual(0);
          spentMs += decision.waitMs;
          expect(attempt).toBeLessThan(requestAttemptsMax);
        }
        expect(spentMs).toBeLessThanOrEqual(retryTotalMsMax);
      }),
    );
    expect(retryDelayMsBase).toBeLessThan(retryDelayMsMax);
  });
});
