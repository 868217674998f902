import { loadQueries, seedFiles } from '../adapters/query-files.js';
import { openSnapshot, takeSnapshot } from '../adapters/snapshot.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { invariant } from '../domain/errors.js';
import { type Month, monthWindow } from '../domain/period.js';
import { publishedReportsOf } from '../domain/query.js';
import type { ReportPorts, WrittenFile } from '../stages/report.js';
import { ask } from './asking.js';

/**
 * Writes the reports of the user's own into a month's set. They are made from a snapshot and not from the ledger: SQL that is not ours
 * can neither change it nor reach anything else. @throws ConfigError naming the file that is not sound
 */
export async function writeOwnReports(
  store: Store,
  config: Config,
  month: Month,
  writeCsv: ReportPorts['writeCsv'],
): Promise<WrittenFile[]> {
  if (config.queriesFolder === undefined) return [];
  const queries = await loadQueries(config.queriesFolder);
  const own = publishedReportsOf(queries).filter(({ ownFile }) => ownFile !== undefined);
  await takeSnapshot(store);
  const snapshot = await openSnapshot(store.folder, queries, await seedFiles());
  invariant(snapshot !== undefined, 'a snapshot that was just taken is there');
  const files: WrittenFile[] = [];
  try {
    const wish = { groupBy: undefined, filters: { customers: [], accounts: [], currencies: [] } };
    const book = { ledger: snapshot.ledger, queries };
    for await (const { query, rows } of ask(book, { ...config, range: monthWindow(month) }, wish, own, []))
      files.push(await writeCsv(`${query.name}.csv`, query.columns, rows()));
  } finally {
    await snapshot.close();
  }
  return files;
}
