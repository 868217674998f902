import { expect } from 'vitest';
import type { Database } from '../../src/adapters/duckdb.js';
import { readLedger } from '../../src/adapters/ledger.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { inReadingOrder, type Query } from '../../src/domain/query.js';
import { dataFolderOf } from './pipeline-run.js';
import { everyDay } from './query-case.js';

/** The ledger's sums by day are those of its records, whatever loads have changed them: made anew for all days, no row is another. */
export async function expectSumsAreOfRecords(ledger: Database, queries: ReadonlyMap<string, Query>): Promise<void> {
  for (const { name, sql } of inReadingOrder(queries, 'daily')) {
    const anew = `(\n${sql}\n)`;
    const others = `(select * from ${anew} except all select * from ${name}) union all (select * from ${name} except all select * from ${anew})`;
    const rows = await ledger.texts(name, `select columns(*)::varchar from (${others})`, everyDay);
    expect({ name, rows }).toEqual({ name, rows: [] });
  }
  expect(await ledger.texts('stale_days', 'select cast(day as varchar) from stale_days')).toEqual([]);
}

/** The same of a data folder that nobody has open. */
export async function expectDaysAddUp(folder: string): Promise<void> {
  const queries = await loadQueries();
  const ledger = await readLedger(dataFolderOf(folder), queries, await seedFiles());
  if (ledger === undefined) throw new Error('no ledger that these queries made');
  try {
    await expectSumsAreOfRecords(ledger, queries);
  } finally {
    ledger.close();
  }
}
