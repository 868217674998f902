import { join } from 'node:path';
import { keepSet } from '../adapters/closed-sets.js';
import { takeSnapshot } from '../adapters/snapshot.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import type { Obstacle } from '../domain/closing.js';
import { invariant } from '../domain/errors.js';
import type { MonthClosed, MonthReopened } from '../domain/manifest.js';
import { instantOf, type Month, monthWindow } from '../domain/period.js';
import { type ClosePorts, close, reopen } from '../stages/close.js';
import { bringUpToDate } from './loading.js';
import type { Outside } from './outside.js';
import { type PublishedMonth, publish } from './publishing.js';

/** @throws ConfigError, MonthNotReadyError, StorageError */
export function closeMonth(
  store: Store,
  config: Config,
  outside: Outside,
  month: Month,
  reason: string | undefined,
): Promise<{ closing: MonthClosed; obstacles: readonly Obstacle[] }> {
  return close(portsOf(store, config, outside), month, reason);
}

/** @throws ConfigError, StorageError */
export async function reopenMonth(
  store: Store,
  config: Config,
  outside: Outside,
  month: Month,
  reason: string,
): Promise<{ reopening: MonthReopened; published: readonly PublishedMonth[] }> {
  await bringUpToDate(store, outside);
  return reopen(portsOf(store, config, outside), month, reason);
}

const portsOf = (store: Store, config: Config, outside: Outside): ClosePorts<PublishedMonth> => ({
  sql: store.ledger,
  queries: store.queries,
  closings: store.closings,
  now: () => instantOf(outside.clock.now()),
  publish: async (month) => {
    const [published] = await publish(store, { ...config, range: monthWindow(month) }, outside);
    invariant(published !== undefined, 'a month that was asked for is published');
    return published;
  },
  keep: ({ folder: publishedFolder }, folder) => keepSet(publishedFolder, join(store.folder, folder)),
  append: async (entry) => {
    await store.append(entry);
    await bringUpToDate(store, outside);
    // Who reads next need not load that line first.
    await takeSnapshot(store);
  },
});
