import type { RunFinished, RunStarted } from '../domain/manifest.js';
import { type Query, queryNamed } from '../domain/query.js';
import { type Database, sqlText } from './duckdb.js';
import type { Ledger } from './knowledge.js';
import { loadedThrough, readLedger } from './ledger.js';
import { readManifest } from './manifest-facts.js';
import { loadQueries, seedFiles } from './query-files.js';
import { requireSameMainAccount } from './store.js';

/** What a data folder knows, read without changing one byte of it. The folder need not exist. */
export interface StoreReading {
  /** Undefined where nothing is known, or nothing that can be used as it stands. */
  readonly known: Ledger | undefined;
  readonly runs: readonly (RunStarted | RunFinished)[];
  /** What a run would know beyond that, for people. */
  readonly notes: readonly string[];
  close(): void;
}

/** @throws LockedError, StorageError, ConfigError where the folder belongs to another main account */
export async function readStore(folder: string, mainAccount: string): Promise<StoreReading> {
  const queries = await loadQueries();
  const { path: manifestPath, runs, pulled: landedThrough } = await readManifest(folder);
  const own = runs.find((line) => line.kind === 'run_started')?.main_account;
  requireSameMainAccount(folder, own, mainAccount);
  const ledger = landedThrough === 0 ? undefined : await readLedger(folder, queries, await seedFiles());
  if (ledger === undefined) {
    const note =
      'The ledger must be made anew from the landing first, which the next run does: nothing of it is known here, and the ' +
      'run will have less to do than this plan.';
    return { known: undefined, runs, notes: landedThrough === 0 ? [] : [note], close: () => undefined };
  }
  return {
    known: { ledger, query: (name) => queryNamed(queries, name) },
    runs,
    notes: await knowPending(ledger, queries, manifestPath, landedThrough),
    close: () => ledger.close(),
  };
}

/**
 * Tasks that ended in lines which are not loaded are known from the manifest: a table of this session hides the ledger's own.
 * Their records are not, and so neither is which of them have no price.
 */
async function knowPending(
  ledger: Database,
  queries: ReadonlyMap<string, Query>,
  manifestPath: string,
  landedThrough: number,
): Promise<string[]> {
  const through = await loadedThrough(ledger);
  if (through >= landedThrough) return [];
  await ledger.run('load variables', `set variable manifest_path = ${sqlText(manifestPath)}`);
  await ledger.run('load variables', `set variable loaded_through = cast(${through} as bigint)`);
  await ledger.run('load variables', `set variable load_through = cast(${landedThrough} as bigint)`);
  await ledger.run(
    'tasks',
    `create temp table tasks as select * from main.tasks union all by name
       select * exclude (sequence) from (${queryNamed(queries, 'raw_tasks').sql}\n) as raw_tasks`,
  );
  return [
    'Something is landed and not loaded yet, as after `extract` or an interrupted run: its windows count as pulled here, but ' +
      'days among them that hold unpriced records are due again and not in this plan.',
  ];
}
