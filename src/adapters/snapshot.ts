import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { DiskFullError, StorageError } from '../domain/errors.js';
import type { Query } from '../domain/query.js';
import type { Database } from './duckdb.js';
import { commitFile, exists, makeFolder, removePath } from './files.js';
import { ledgerFile, loadedThrough, openForReading } from './ledger.js';
import type { Store } from './store.js';

/** A copy of the ledger that readers open, side by side and while a run holds the ledger itself. Replaced by rename, never written to. */
export const snapshotFile = 'snapshot.duckdb';

/** Runs in a process of its own. A copy-on-write file system copies nothing. */
const copyScript = `
  const { constants, copyFileSync } = require('node:fs');
  copyFileSync(process.argv[1], process.argv[2], constants.COPYFILE_FICLONE);`;

/**
 * Copies the ledger as it stands; the store holds its lock meanwhile. Nothing is copied where the snapshot holds the same lines already.
 * @throws DiskFullError, StorageError
 */
export async function takeSnapshot(store: Store): Promise<void> {
  const { folder, ledger, queries, seeds } = store;
  const existing = await openSnapshot(folder, queries, seeds).catch(() => undefined);
  await existing?.close();
  if (existing?.through === (await loadedThrough(ledger))) return;
  await ledger.run('checkpoint', 'checkpoint');
  const path = join(folder, snapshotFile);
  const temporary = `${path}.part`;
  await copyElsewhere(join(folder, ledgerFile), temporary);
  await commitFile(temporary, path);
}

/**
 * Not in this process: the lock on the ledger is the process's, and the kernel drops it as soon as the process closes any other
 * handle of the same file (fcntl(2), "Advisory record locking").
 */
async function copyElsewhere(from: string, to: string): Promise<void> {
  try {
    // An empty environment: it holds the credentials.
    await promisify(execFile)(execPath, ['-e', copyScript, from, to], { env: {} });
  } catch (error) {
    await removePath(to);
    const message = error instanceof Error ? error.message : String(error);
    if (/ENOSPC|EDQUOT/.test(message)) {
      throw new DiskFullError(`disk full: cannot write ${to}. Free space and run again; nothing half-written counts.`);
    }
    throw new StorageError(`cannot copy ${from} to ${to}: ${message}`, { cause: error });
  }
}

export interface Snapshot {
  readonly ledger: Database;
  /** The last line of the manifest that it holds. */
  readonly through: number;
  /** The newest run of which it holds anything; 0 = none. */
  readonly run: number;
  /** This reader's own; gone when it is closed. */
  readonly temporaryFolder: string;
  close(): Promise<void>;
}

/** The snapshot, for reading only. Undefined where there is none, or where other queries than today's made it. @throws StorageError */
export async function openSnapshot(
  folder: string,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Snapshot | undefined> {
  const path = join(folder, snapshotFile);
  if (!(await exists(path))) return undefined;
  const temporary = join(folder, 'temporary');
  await makeFolder(temporary);
  // Of this reader's own: it may read all of it.
  const temporaryFolder = await mkdtemp(join(temporary, 'reader-'));
  const ledger = await openForReading(path, queries, seeds, temporaryFolder);
  if (ledger === undefined) {
    await removePath(temporaryFolder);
    return undefined;
  }
  const [[run = '0'] = []] = await ledger.texts('tasks', 'select coalesce(max(run_number), 0) from tasks');
  return {
    ledger,
    through: await loadedThrough(ledger),
    run: Number.parseInt(run ?? '0', 10),
    temporaryFolder,
    close: () => {
      ledger.close();
      return removePath(temporaryFolder);
    },
  };
}
