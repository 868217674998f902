import { setTimeout as wait } from 'node:timers/promises';
import { Store } from '../../src/adapters/store.js';
import type { Config } from '../../src/config.js';
import { closeMonth, reopenMonth } from '../../src/pipeline/closing.js';
import type { Outside } from '../../src/pipeline/outside.js';
import type { PublishedMonth } from '../../src/pipeline/publishing.js';

interface Wish {
  readonly month: string;
  /** The product's wall clock. */
  readonly now: string;
  readonly reason?: string;
}

async function withStore<Result>(
  config: Config,
  now: string,
  work: (store: Store, outside: Outside) => Promise<Result>,
): Promise<Result> {
  const outside: Outside = {
    clock: { now: () => new Date(now), monotonicMs: () => 0, sleep: (ms) => wait(ms), nextTurn: () => wait(0) },
    random: () => 0.5,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  };
  const store = await Store.open(config.dataFolder, { command: 'close', at: now, pid: process.pid });
  try {
    return await work(store, outside);
  } finally {
    await store.close();
  }
}

/** `subledger close MONTH`, inside this process, at a time of the test's choice. */
export const closeAt = (config: Config, { month, now, reason }: Wish): ReturnType<typeof closeMonth> =>
  withStore(config, now, (store, outside) => closeMonth(store, config, outside, month, reason));

/** `subledger close --reopen MONTH`. */
export const reopenAt = async (
  config: Config,
  { month, now, reason = 'a test' }: Wish,
): Promise<readonly PublishedMonth[]> =>
  (await withStore(config, now, (store, outside) => reopenMonth(store, config, outside, month, reason))).published;
