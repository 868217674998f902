import { seedFiles } from '../../src/adapters/query-files.js';
import { openSnapshot } from '../../src/adapters/snapshot.js';
import type { Config } from '../../src/config.js';
import type { Query } from '../../src/domain/query.js';
import type { Filters, Period } from '../../src/domain/report-request.js';
import { ask } from '../../src/pipeline/asking.js';

export type ReportRow = Readonly<Record<string, string | null>>;

/** Rows of reports as `subledger report` makes them, one list for each; nulls are kept. */
export async function askHere(
  config: Config,
  queries: ReadonlyMap<string, Query>,
  reports: readonly Query[],
  filters: Partial<Filters> = {},
  groupBy?: Period,
): Promise<ReportRow[][]> {
  const snapshot = await openSnapshot(config.dataFolder, queries, await seedFiles());
  if (snapshot === undefined) throw new Error('there is no snapshot');
  try {
    const wish = { groupBy, filters: { customers: [], accounts: [], currencies: [], ...filters } };
    const book = { ledger: snapshot.ledger, queries };
    const all: ReportRow[][] = [];
    const { signal } = new AbortController();
    for await (const { query, rows } of ask(book, config, wish, reports, [], { signal })) {
      const own: ReportRow[] = [];
      for await (const chunk of rows())
        own.push(
          ...chunk.map((row) => Object.fromEntries(query.columns.map(({ name }, index) => [name, row[index] ?? null]))),
        );
      all.push(own);
    }
    return all;
  } finally {
    await snapshot.close();
  }
}
