import { publishKept } from '../adapters/closed-sets.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { closingOf } from '../domain/closing.js';
import type { Month } from '../domain/period.js';
import type { PublishedMonth } from './publishing.js';

/**
 * What is published of a closed month is what was kept when it was closed, byte for byte; no check runs again. Undefined where the
 * month is open. @throws StorageError where the kept set is damaged
 */
export async function publishClosed(store: Store, config: Config, month: Month): Promise<PublishedMonth | undefined> {
  const closing = closingOf(store.closings, month);
  if (closing === undefined) return undefined;
  const published = await publishKept(store.folder, config.outputFolder, closing);
  return {
    month,
    ...published,
    closed: true,
    files: closing.files.filter(isReport),
    findings: [],
    reconciliation: undefined,
  };
}

const isReport = ({ file }: { readonly file: string }): boolean => file !== 'run.json';
