import { execFile } from 'node:child_process';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { DiskFullError, QueryError, StorageError } from '../domain/errors.js';
import { ledgerMemoryMb } from '../domain/limits.js';
import type { Query } from '../domain/query.js';
import { Database } from './duckdb.js';
import { commitFile, exists, guarded, makeFolder, removePath } from './files.js';
import { ledgerFile, loadedThrough, openForReading } from './ledger.js';
import type { Store } from './store.js';

/** A copy of the ledger that readers open, side by side and while a run holds the ledger itself. Replaced by rename, never written to. */
export const snapshotFile = 'snapshot.duckdb';

/** Runs in a process of its own. A copy-on-write file system copies nothing. */
const copyScript = `
  const { constants, copyFileSync } = require('node:fs');
  copyFileSync(process.argv[1], process.argv[2], constants.COPYFILE_FICLONE);`;

/** One folder for each reader. Not in the ledger's own temporary folder: whoever has the ledger open may remove all of that. */
const readersFolder = 'readers';

/** Folders of readers that were killed are removed when they are this old. Nobody reads for so long. */
const readerAgeMsMax = 24 * 60 * 60 * 1000;

/**
 * Copies the ledger as it stands; the store holds its lock meanwhile. Nothing is copied where the snapshot holds the same lines already.
 * @throws DiskFullError, StorageError
 */
export async function takeSnapshot(store: Store): Promise<void> {
  const { folder, ledger } = store;
  if ((await identityOfSnapshot(folder)) === (await identityOf(ledger))) return;
  await ledger.run('checkpoint', 'checkpoint');
  const path = join(folder, snapshotFile);
  const temporary = `${path}.part`;
  await copyElsewhere(join(folder, ledgerFile), temporary);
  const { mtimeMs } = await stat(temporary);
  await commitFile(temporary, path);
  await removeForgotten(join(folder, readersFolder), mtimeMs - readerAgeMsMax);
}

/** Undefined where there is no snapshot, or none that can be read. Nothing is made ready for queries: it is only looked at. */
async function identityOfSnapshot(folder: string): Promise<string | undefined> {
  const path = join(folder, snapshotFile);
  if (!(await exists(path))) return undefined;
  let snapshot: Database | undefined;
  try {
    snapshot = await Database.open(path, { memoryMb: ledgerMemoryMb, temporaryFolder: '', readOnly: true });
    return await identityOf(snapshot);
  } catch (error) {
    if (error instanceof QueryError || (error instanceof StorageError && !(error instanceof DiskFullError)))
      return undefined;
    throw error;
  } finally {
    snapshot?.close();
  }
}

/** Which queries made it, and what it holds: the number of lines alone could be that of another ledger, which was here before. */
async function identityOf(ledger: Database): Promise<string> {
  const [[fingerprint] = []] = await ledger.texts('ledger_version', 'select fingerprint from ledger_version');
  const [[lines] = []] = await ledger.texts(
    'loaded_lines',
    "select concat_ws(' ', max(sequence), count(*), sum(row_count)) from loaded_lines",
  );
  const [[tasks] = []] = await ledger.texts(
    'tasks',
    "select concat_ws(' ', count(*), min(started_at), max(started_at)) from tasks",
  );
  return `${fingerprint} ${lines} ${tasks}`;
}

async function removeForgotten(folder: string, beforeMs: number): Promise<void> {
  if (!(await exists(folder))) return;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // One that ends meanwhile removes its own.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < beforeMs) await removePath(path);
  }
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

/**
 * The snapshot, for reading only. Undefined where there is none that can be read, and it must be taken anew: where it is damaged, or where
 * other queries than today's made it. @throws StorageError where this reader can have no folder of its own
 */
export async function openSnapshot(
  folder: string,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Snapshot | undefined> {
  const path = join(folder, snapshotFile);
  if (!(await exists(path))) return undefined;
  const readers = join(folder, readersFolder);
  await makeFolder(readers);
  const what = `a reader needs a folder for what memory does not hold, in ${readers}`;
  const temporaryFolder = await guarded(what, () => mkdtemp(join(readers, 'reader-')));
  let ledger: Database | undefined;
  try {
    ledger = await openForReading(path, queries, seeds, temporaryFolder);
    if (ledger !== undefined) return await read(ledger, temporaryFolder);
  } catch (error) {
    ledger?.close();
    await removePath(temporaryFolder);
    if (error instanceof StorageError && !(error instanceof DiskFullError)) return undefined;
    throw error;
  }
  await removePath(temporaryFolder);
  return undefined;
}

async function read(ledger: Database, temporaryFolder: string): Promise<Snapshot> {
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
