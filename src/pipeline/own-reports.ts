import { openEmptyLedger } from '../adapters/ledger.js';
import { loadQueries, seedFiles } from '../adapters/query-files.js';
import { openSnapshot, takeSnapshot } from '../adapters/snapshot.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { ConfigError, invariant } from '../domain/errors.js';
import type { Finding } from '../domain/finding.js';
import { type Month, monthWindow } from '../domain/period.js';
import { ownReportsOf, type Query, reportsOf } from '../domain/query.js';
import type { ReportPorts, WrittenFile } from '../stages/report.js';
import { ask } from './asking.js';
import { readOwnQuery } from './own-query.js';

/** The check of a finding about a report of the user's that could not be made. */
export const ownReportBroken = 'own_report_broken';

/**
 * All that can be told of the user's reports before there is a row: header, statement, what it reads and answers. A slip of the pen must
 * not cost a night's run. @throws ConfigError with every problem of every file
 */
export async function requireSoundOwnReports({ queriesFolder }: Pick<Config, 'queriesFolder'>): Promise<void> {
  if (queriesFolder === undefined) return;
  const queries = await loadQueries(queriesFolder);
  const own = reportsOf(queries).filter(({ ownFile }) => ownFile !== undefined);
  if (own.length === 0) return;
  const ledger = await openEmptyLedger(queries, await seedFiles());
  const problems: string[] = [];
  try {
    await ledger.seal([]);
    for (const report of own) {
      await readOwnQuery({ ledger, queries }, report).catch((error: unknown) => {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
      });
    }
  } finally {
    ledger.close();
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The user's reports of a month, and which of them could not be made. */
export interface OwnReports {
  readonly files: readonly WrittenFile[];
  readonly findings: readonly Finding[];
}

/**
 * Writes the reports of the user's own into a month's set. They are made from a snapshot and not from the ledger: SQL that is not ours can
 * neither change it nor reach anything else. One that fails over the rows of this month, which nobody could know before, is left out and
 * told: the rest of the set does not wait for it.
 */
export async function writeOwnReports(
  store: Store,
  config: Config,
  month: Month,
  writeCsv: ReportPorts['writeCsv'],
  signal: AbortSignal,
): Promise<OwnReports> {
  const files: WrittenFile[] = [];
  const findings: Finding[] = [];
  if (config.queriesFolder === undefined) return { files, findings };
  const queries = await loadQueries(config.queriesFolder);
  const own = ownReportsOf(queries);
  if (own.length > 0) await takeSnapshot(store);
  for (const report of own) {
    try {
      files.push(
        await writeOwnReport(store, { ...config, range: monthWindow(month) }, queries, report, writeCsv, signal),
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      findings.push({
        check: ownReportBroken,
        severity: 'warn',
        subject: report.name,
        detail: error.problems.join('; '),
        meaning: `The month is published without it. Mend the file, then run "subledger report --month ${month}".`,
      });
    }
  }
  return { files, findings };
}

/** From a reading of its own: what one report leaves in the session is not there for the next. */
async function writeOwnReport(
  store: Store,
  config: Config,
  queries: ReadonlyMap<string, Query>,
  report: Query,
  writeCsv: ReportPorts['writeCsv'],
  signal: AbortSignal,
): Promise<WrittenFile> {
  const snapshot = await openSnapshot(store.folder, queries, await seedFiles());
  invariant(snapshot !== undefined, 'a snapshot that was just taken is there');
  try {
    const wish = { groupBy: undefined, filters: { customers: [], accounts: [], currencies: [] } };
    const book = { ledger: snapshot.ledger, queries };
    for await (const { query, rows } of ask(book, config, wish, [report], [], { signal }))
      return await writeCsv(`${query.name}.csv`, query.columns, rows());
  } finally {
    await snapshot.close();
  }
  throw new ConfigError([`${report.name}: nothing was made.`]);
}
