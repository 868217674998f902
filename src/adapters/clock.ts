import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

/** The only place that asks what time it is. */
export interface Clock {
  /** Wall clock, UTC. */
  now(): Date;
  /** For durations and deadlines: never goes back. */
  monotonicMs(): number;
  /** Rejects with an AbortError as soon as the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when what was begun before has had its turn: requests are on their way. */
  nextTurn(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
  nextTurn: () => turn(),
};
