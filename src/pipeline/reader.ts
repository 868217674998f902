import type { Database } from '../adapters/duckdb.js';
import { readManifest } from '../adapters/manifest-facts.js';
import { loadQueries, seedFiles } from '../adapters/query-files.js';
import { openSnapshot, type Snapshot, takeSnapshot } from '../adapters/snapshot.js';
import { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { LockedError, StorageError } from '../domain/errors.js';
import type { ClosingLine, RunFinished, RunStarted } from '../domain/manifest.js';
import { type Query, queryNamed } from '../domain/query.js';
import { bringUpToDate } from './loading.js';
import type { Outside } from './outside.js';

/** A ledger and the queries over it: all that reports are made of. */
export interface Book {
  readonly ledger: Database;
  readonly queries: ReadonlyMap<string, Query>;
}

/** What readers see: a snapshot of the ledger, and what the manifest tells besides. No lock is held. */
export interface Reader extends Book {
  readonly runs: readonly (RunStarted | RunFinished)[];
  readonly closings: readonly ClosingLine[];
  /** The newest run of which the snapshot holds anything; 0 = none. */
  readonly asOfRun: number;
  /** Why that is not all that was pulled; undefined where it is. */
  readonly behind: string | undefined;
  /** This reader's own, for what it writes aside. */
  readonly temporaryFolder: string;
  query(name: string): Query;
  close(): Promise<void>;
}

export interface Holder {
  readonly command: string;
  readonly at: string;
  readonly pid: number;
}

/**
 * Opens what there is to read. Where more is landed than the snapshot holds, it is loaded first; where a run holds the folder, the snapshot
 * is taken as it is, and `behind` says so.
 * @throws LockedError where a run holds the folder and there is no snapshot yet; StorageError
 */
export async function openReader(config: Config, outside: Outside, holder: Holder): Promise<Reader> {
  const queries = await loadQueries(config.queriesFolder);
  const seeds = await seedFiles();
  const open = (): Promise<Snapshot | undefined> => openSnapshot(config.dataFolder, queries, seeds);
  let known = await readManifest(config.dataFolder);
  let snapshot = await open();
  let behind: string | undefined;
  if (snapshot === undefined || snapshot.through < known.loadable) {
    try {
      await renew(config, outside, holder);
      await snapshot?.close();
      known = await readManifest(config.dataFolder);
      snapshot = await open();
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (snapshot === undefined) throw new LockedError(`${error.message} There is no snapshot to read beside it.`);
      behind = `${error.message.replace(/ Wait for it, or end it\.$/, '')} What follows is of the ledger as it was after run ${snapshot.run}.`;
    }
  }
  if (snapshot === undefined)
    throw new LockedError('the snapshot of the ledger was replaced by another version. Try again.');
  if (snapshot.through > known.loadable) await requireLines(config.dataFolder, snapshot);
  return {
    ledger: snapshot.ledger,
    queries,
    runs: known.runs,
    closings: known.closings,
    asOfRun: snapshot.run,
    behind,
    temporaryFolder: snapshot.temporaryFolder,
    query: (name) => queryNamed(queries, name),
    close: snapshot.close,
  };
}

/** Read again: a run may have ended since the manifest was read. @throws StorageError where the manifest has lost lines */
async function requireLines(folder: string, snapshot: Snapshot): Promise<void> {
  const { loadable, path } = await readManifest(folder);
  if (snapshot.through <= loadable) return;
  await snapshot.close();
  throw new StorageError(
    `the snapshot of the ledger holds line ${snapshot.through} of ${path}, of which nothing is there behind line ${loadable}: lines are missing. Restore the manifest from a backup.`,
  );
}

/** Loads what is landed, adds it up, and copies the ledger for readers. */
async function renew(config: Config, outside: Outside, holder: Holder): Promise<void> {
  const store = await Store.open(config.dataFolder, holder);
  try {
    await bringUpToDate(store, outside);
    await takeSnapshot(store);
  } finally {
    await store.close();
  }
}
