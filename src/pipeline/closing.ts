import { join } from 'node:path';
import { keepSet } from '../adapters/closed-sets.js';
import { exists } from '../adapters/files.js';
import { takeSnapshot } from '../adapters/snapshot.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import type { Obstacle } from '../domain/closing.js';
import { invariant } from '../domain/errors.js';
import type { MonthClosed, MonthReopened } from '../domain/manifest.js';
import { requireInputsOfPublished } from '../domain/needed-inputs.js';
import { instantOf, type Month, monthWindow } from '../domain/period.js';
import type { Query } from '../domain/query.js';
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
  const ports = portsOf(store, config, outside);
  const publishAll = async (): Promise<PublishedMonth> => {
    await requireNothingLost(store, config, month);
    return ports.publish(month);
  };
  return close({ ...ports, publish: publishAll }, month, reason);
}

/** @throws ConfigError where a report that was published for the month would not be made anew, for want of what people write */
async function requireNothingLost({ queries }: Store, config: Config, month: Month): Promise<void> {
  const published: Query[] = [];
  for (const query of queries.values()) {
    if (query.needs === undefined) continue;
    if (await exists(join(config.outputFolder, month, `${query.name}.csv`))) published.push(query);
  }
  requireInputsOfPublished(month, published, { rates: config.rates });
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
