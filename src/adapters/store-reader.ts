import { join } from 'node:path';
import { invariant } from '../domain/errors.js';
import type { Query } from '../domain/query.js';
import type { Database } from './duckdb.js';
import type { Ledger } from './knowledge.js';
import { readLedger } from './ledger.js';
import { ManifestFile } from './manifest-file.js';
import { loadQueries, seedFiles } from './query-files.js';
import { manifestFile, requireSameMainAccount } from './store.js';

/** What a data folder knows, read without changing one byte of it. The folder need not exist. */
export interface StoreReading {
  /** Undefined where nothing is known, or nothing that can be used as it stands. */
  readonly known: Ledger | undefined;
  /** What a run would know beyond that, for people. */
  readonly notes: readonly string[];
  close(): void;
}

/** @throws LockedError, StorageError, ConfigError where the folder belongs to another main account */
export async function readStore(folder: string, mainAccount: string): Promise<StoreReading> {
  const queries = await loadQueries();
  let own: string | undefined;
  let landedThrough = 0;
  await ManifestFile.read(join(folder, manifestFile), (line) => {
    if (line.kind === 'run_started') own ??= line.main_account;
    else if (line.kind !== 'run_finished') landedThrough = line.sequence;
  });
  requireSameMainAccount(folder, own, mainAccount);
  const ledger = landedThrough === 0 ? undefined : await readLedger(folder, queries, await seedFiles());
  if (ledger === undefined) {
    const note =
      'The ledger must be made anew from the landing first, which the next run does: nothing of it is known here, and the ' +
      'run will have less to do than this plan.';
    return { known: undefined, notes: landedThrough === 0 ? [] : [note], close: () => undefined };
  }
  return {
    known: { ledger, query: (name) => queryOf(queries, name) },
    notes: await notesOf(ledger, landedThrough),
    close: () => ledger.close(),
  };
}

async function notesOf(ledger: Database, landedThrough: number): Promise<string[]> {
  const [[through] = []] = await ledger.texts('loaded_lines', 'select coalesce(max(sequence), 0) from loaded_lines');
  return Number.parseInt(through ?? '0', 10) >= landedThrough
    ? []
    : [
        'Something is landed and not loaded yet, as after `extract` or an interrupted run: the next run loads it first, and will ' +
          'have less to do than this plan.',
      ];
}

function queryOf(queries: ReadonlyMap<string, Query>, name: string): Query {
  const query = queries.get(name);
  invariant(query !== undefined, `no query ${name}`);
  return query;
}
