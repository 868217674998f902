import { sqlText } from '../adapters/duckdb.js';
import type { Store } from '../adapters/store.js';
import { reportMemoryMb } from '../domain/limits.js';
import { addUp } from '../stages/add-up.js';
import { type LoadInfo, load } from '../stages/load.js';
import type { Outside } from './outside.js';
import { leaveRoom } from './room.js';

/** Brings into the ledger what is landed and not yet loaded: also what a killed run left. */
export async function loadPending(store: Store, outside: Outside): Promise<LoadInfo> {
  if (store.pending.length > 0)
    outside.onEvent({ kind: 'stage', stage: 'load', detail: `${store.pending.length} lines` });
  const lines = store.pending.splice(0);
  return load(
    {
      sql: {
        run: (name, sql, parameters) => store.ledger.run(name, sql, parameters),
        texts: (name, sql) => store.ledger.texts(name, sql),
        transaction: (work) => store.ledger.transaction(work),
        literal: sqlText,
      },
      queries: store.queries,
      trusted: (file, sha256) => store.trusted(file, sha256),
      manifestPath: store.manifest.path,
    },
    lines,
  );
}

/** What is landed, loaded, and the days that it touched, added up: the ledger as everybody who asks for figures wants it. */
export async function bringUpToDate(store: Store, outside: Outside): Promise<LoadInfo> {
  const info = await loadPending(store, outside);
  await store.ledger.limitMemory(reportMemoryMb);
  try {
    const onPeriod = (start: string, end: string): void => {
      outside.signal.throwIfAborted();
      outside.onEvent({ kind: 'stage', stage: 'add up', detail: `days from ${start} to before ${end}` });
    };
    await addUp({ sql: store.ledger, queries: store.queries, onPeriod });
  } finally {
    await leaveRoom(store);
  }
  return info;
}
