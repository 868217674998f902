import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../src/adapters/throttle.js';
import { TwilioRequestError } from '../../src/domain/errors.js';
import { concurrencyStart } from '../../src/domain/limits.js';

/** A clock that only sleeping moves. */
function makeThrottle() {
  const sleepsMs: number[] = [];
  const limits: number[] = [];
  let nowMs = 0;
  const clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      sleepsMs.push(ms);
      nowMs += ms;
    },
    nextTurn: async () => undefined,
  };
  const throttle = createThrottle({ concurrency: 20, headRoomPercent: 10, clock }, (limit) => limits.push(limit));
  return { throttle, sleepsMs, limits };
}

const good = async (concurrentRequests?: string) => ({
  headers: { 'twilio-concurrent-requests': concurrentRequests },
});
const failing = (status: number, retryAfter?: string) => async (): Promise<{ headers: Record<string, string> }> => {
  throw new TwilioRequestError('no', { status, transient: true, retryAfter, concurrentRequests: 3 * concurrencyStart });
};

describe('the throttle', () => {
  it('grows with good answers, halves on 429, and tells each change', async () => {
    const { throttle, limits } = makeThrottle();
    expect(throttle.limit).toBe(concurrencyStart);
    const many = Array.from({ length: concurrencyStart }, () => throttle.send(() => good()));
    await Promise.all(many);
    const grown = throttle.limit;
    expect(grown).toBeGreaterThan(concurrencyStart);
    await expect(throttle.send(failing(429))).rejects.toThrow('no');
    expect(throttle.limit).toBeLessThanOrEqual(Math.floor(grown / 2));
    expect(limits.at(-1)).toBe(throttle.limit);
  });

  it('after a Retry-After nobody sends before it is over', async () => {
    const { throttle, sleepsMs } = makeThrottle();
    await expect(throttle.send(failing(429, '7'))).rejects.toThrow();
    await throttle.send(() => good());
    await throttle.send(() => good());
    expect(sleepsMs).toEqual([7000]);
  });

  it('does not wait where it must end', async () => {
    const { throttle } = makeThrottle();
    await expect(throttle.send(failing(429, '7'))).rejects.toThrow();
    await expect(throttle.send(() => good(), AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('learns nothing from what is no answer, and something from a refusal of another kind', async () => {
    const { throttle } = makeThrottle();
    await expect(throttle.send(failing(503, '7'))).rejects.toThrow();
    expect(throttle.limit).toBe(concurrencyStart);
    const refused = Array.from({ length: concurrencyStart }, () => throttle.send(failing(404)).catch(() => undefined));
    await Promise.all(refused);
    expect(throttle.limit).toBeGreaterThan(concurrencyStart);
  });
});
