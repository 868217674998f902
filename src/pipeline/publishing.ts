import { type CsvColumn, csvPieces } from '../adapters/csv.js';
import type { TextRow } from '../adapters/duckdb.js';
import { sha256Of } from '../adapters/files.js';
import { OutputSet } from '../adapters/output-set.js';
import { takeSnapshot } from '../adapters/snapshot.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { StorageError } from '../domain/errors.js';
import type { Finding } from '../domain/finding.js';
import { writingMemoryMb } from '../domain/limits.js';
import { type Month, monthsOf, monthWindow } from '../domain/period.js';
import type { Reconciliation } from '../domain/reconciliation.js';
import { reconciliationText } from '../domain/reconciliation-text.js';
import type { Room } from '../domain/report-room.js';
import { monthPage } from '../stages/month-page.js';
import { check, compare, summarise } from '../stages/reconcile.js';
import { describeSet, materialise, type WrittenFile, writeReports } from '../stages/report.js';
import { publishClosed } from './closed-month.js';
import { fillInputs } from './inputs.js';
import { bringUpToDate } from './loading.js';
import type { Outside } from './outside.js';
import { writeOwnReports } from './own-reports.js';
import type { Book } from './reader.js';
import { leaveRoom, makeRoom } from './room.js';

/** What the comparison of a month found. */
export interface ReconciledMonth {
  readonly month: Month;
  /** Undefined for a closed month, which is not compared again. */
  readonly reconciliation: Reconciliation | undefined;
  readonly findings: readonly Finding[];
}

export interface PublishedMonth extends ReconciledMonth {
  readonly folder: string;
  /** False: what stood there already is the same, byte for byte. */
  readonly changed: boolean;
  /** What is published is the set that was kept when the month was closed. */
  readonly closed: boolean;
  readonly files: readonly WrittenFile[];
}

/**
 * reconcile → report: for every month of the range, records are compared with usage, the reports are made, checked against the ledger,
 * written aside and published as a set; then a snapshot is taken for readers. @throws StorageError where a control total does not hold: then nothing of that month is published
 */
export async function publish(store: Store, config: Config, outside: Outside): Promise<PublishedMonth[]> {
  await bringUpToDate(store, outside);
  const months = await eachMonth(store, config, outside, 'report', (month, room) =>
    publishMonth(store, config, month, room, outside.signal),
  );
  outside.onEvent({ kind: 'stage', stage: 'snapshot', detail: 'for readers' });
  await takeSnapshot(store);
  return months;
}

/** The comparison alone, for every month of the range: no file is written. @throws StorageError as `publish` does */
export const reconcileMonths = (book: Book, config: Config, outside: Outside): Promise<ReconciledMonth[]> =>
  eachMonth(book, config, outside, 'reconcile', (month, room) =>
    reconcileMonth({ sql: book.ledger, queries: book.queries }, month, room),
  );

async function eachMonth<Result>(
  book: Book,
  config: Config,
  outside: Outside,
  stage: string,
  work: (month: Month, room: Room) => Promise<Result>,
): Promise<Result[]> {
  await fillInputs(book.ledger, config);
  const results: Result[] = [];
  for (const month of monthsOf(config.range)) {
    outside.signal.throwIfAborted();
    outside.onEvent({ kind: 'stage', stage, detail: month });
    results.push(await work(month, await makeRoom(book, monthWindow(month))));
  }
  await leaveRoom(book);
  return results;
}

async function reconcileMonth(
  ports: Parameters<typeof materialise>[0] & Parameters<typeof compare>[0],
  month: Month,
  room: Room,
): Promise<ReconciledMonth & { readonly reconciliation: Reconciliation }> {
  const period = monthWindow(month);
  await compare(ports, period);
  await materialise(ports, period, room);
  const findings = await check(ports, period);
  const broken = findings.filter((finding) => finding.severity === 'fail');
  if (broken.length > 0) throw brokenControls(month, broken);
  return { month, reconciliation: await summarise(ports, month), findings };
}

async function publishMonth(
  store: Store,
  config: Config,
  month: Month,
  room: Room,
  signal: AbortSignal,
): Promise<PublishedMonth> {
  const closed = await publishClosed(store, config, month);
  if (closed !== undefined) return closed;
  const set = await OutputSet.begin(config.outputFolder, month);
  const ports = {
    sql: store.ledger,
    queries: store.queries,
    writeCsv: async (path: string, columns: readonly CsvColumn[], rows: AsyncIterable<readonly TextRow[]>) => {
      let count = 0;
      const counted = async function* () {
        for await (const chunk of rows) {
          count += chunk.length;
          yield chunk;
        }
      };
      return { ...(await set.write(path, csvPieces(columns, counted()))), rows: count };
    },
  };
  try {
    const own = await writeOwnReports(store, config, month, ports.writeCsv, signal);
    const reconciled = await reconcileMonth(ports, month, room);
    const { reconciliation } = reconciled;
    const findings = [...reconciled.findings, ...own.findings];
    await store.ledger.limitMemory(writingMemoryMb);
    const files: WrittenFile[] = [...(await writeReports(ports, findings)), ...own.files];
    await store.ledger.limitMemory(room.memoryMb);
    files.push(await set.writeWhole('reconciliation.md', reconciliationText(reconciliation, findings)));
    const page = await monthPage(
      { ...ports, sha256: sha256Of },
      { period: monthWindow(month), mainAccount: store.mainAccount, reconciliation, findings, files },
    );
    files.push(await set.writeWhole('report.html', page));
    const facts = {
      month,
      period: monthWindow(month),
      mainAccount: store.mainAccount,
      phoneNumbers: config.phoneNumbers,
      customers: config.customersFile === undefined ? 'friendly_name' : 'customers.csv',
      tolerances: Object.fromEntries(config.tolerances.map(({ currency, amount }) => [currency, amount])),
    };
    await set.writeWhole('run.json', await describeSet(ports, facts, files, findings, reconciliation));
    return { ...reconciled, findings, folder: set.folder, changed: await set.publish(), closed: false, files };
  } catch (error) {
    await set.discard();
    throw error;
  }
}

function brokenControls(month: Month, broken: readonly Finding[]): StorageError {
  const lines = broken.slice(0, 10).map((finding) => `${finding.check}: ${finding.subject}: ${finding.detail}`);
  return new StorageError(
    `${month} is not published, what stood there stays: ${broken.length} control totals do not hold.\n${lines.join('\n')}`,
  );
}
