import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Books, period } from './book-records.js';
import { bareRecords, days, openBooks, secondsOf, shipped, touchFrom } from './books.js';
import { answer, readInput, used } from './usage.js';

/**
 * One ledger, and in turn bare statements over its tables and what `subledger report` makes of them, both from files that are opened for reading, with
 * the same memory and threads.
 */

interface Input extends Books {
  readonly pairs: number;
  /** Where the data is kept for people to look into; otherwise it goes with the process. */
  readonly keptIn?: string;
}

export interface ReportRound {
  readonly bareGroupBy: number;
  /** customer_cost as `report` writes it, with the comparison behind its last column. */
  readonly headline: number;
  /** customer_cost alone: the query and its CSV. */
  readonly headlineAlone: number;
  readonly bareCopy: number;
  /** The same in the order of the export. */
  readonly sortedCopy: number;
  readonly lineItems: number;
}

export interface ReportsResult {
  readonly rounds: readonly ReportRound[];
  readonly exportedMb: number;
  readonly peakMb: number;
}

type Ledger = typeof import('../../src/adapters/ledger.js');
type Csv = typeof import('../../src/adapters/csv.js');
type Targets = typeof import('../../src/adapters/report-target.js');
type ReportFile = typeof import('../../src/adapters/report-file.js');
type AddUp = typeof import('../../src/stages/add-up.js');
type Asking = typeof import('../../src/pipeline/asking.js');
type Room = typeof import('../../src/pipeline/room.js');
type Queries = typeof import('../../src/domain/query.js');
type Config = import('../../src/config.js').Config;

const input = readInput<Input>();
const { openForReading } = await shipped<Ledger>('adapters/ledger.js');
const { fileTarget } = await shipped<Targets>('adapters/report-target.js');
const { writeReport } = await shipped<ReportFile>('adapters/report-file.js');
const { addUp } = await shipped<AddUp>('stages/add-up.js');
const { ask } = await shipped<Asking>('pipeline/asking.js');
const { makeRoom } = await shipped<Room>('pipeline/room.js');
const { queryNamed } = await shipped<Queries>('domain/query.js');
const { csvPieces } = await shipped<Csv>('adapters/csv.js');

const books = await openBooks(input, input.keptIn);
const { folder, ledger, queries, seeds } = books;
const ledgerPath = join(folder, 'subledger.duckdb');
const output = join(folder, 'reports');
const config = {
  range: period,
  customerMap: [],
  tolerances: [],
  invoice: [],
  rates: [],
  journalAccounts: [],
} as unknown as Config;
const outside = { signal: new AbortController().signal };
const everything = { groupBy: undefined, filters: { customers: [], accounts: [], currencies: [] } };
const itemColumns =
  'month, charged_at, service, sid, account_sid, direction, status, outside_address, currency, cost, minutes, segments';

/** A reader of its own for each figure: a report seals it. */
async function withReader<Result>(
  work: (reader: NonNullable<Awaited<ReturnType<typeof openForReading>>>) => Promise<Result>,
): Promise<Result> {
  const temporary = join(folder, 'temporary');
  await mkdir(temporary, { recursive: true });
  const reader = await openForReading(ledgerPath, queries, seeds, temporary);
  if (reader === undefined) throw new Error('the ledger was made by other queries');
  try {
    await makeRoom({ ledger: reader }, period);
    return await work(reader);
  } finally {
    reader.close();
  }
}

const bareGroupBy = (): Promise<number> =>
  withReader((reader) =>
    secondsOf(async () => {
      for (const sql of bareRecords) await reader.run('bare', `create or replace temp table bare as ${sql}`);
    }),
  );

const bareCopy = (order: string): Promise<number> =>
  withReader((reader) =>
    secondsOf(() =>
      reader.run(
        'bare',
        `copy (select ${itemColumns} from charges where day >= date '${days.start.day}' and day < date '${days.end.day}' ${order})
         to '${join(output, 'bare.csv')}' (format csv, header true)`,
      ),
    ),
  );

/** As the command writes it, into a file; and the report alone, its comparison made. */
async function reportSeconds(name: string): Promise<{ whole: number; alone: number }> {
  return withReader(async (reader) => {
    const target = fileTarget(join(output, `${name}.csv`), 'bench');
    let alone = 0;
    const whole = await secondsOf(async () => {
      for await (const asked of ask(
        { ledger: reader, queries },
        config,
        everything,
        [queryNamed(queries, name)],
        [target.aside],
        outside,
      ))
        await writeReport(target, { format: 'csv', excel: false }, asked);
    });
    if (queryNamed(queries, name).published) {
      const { sql, columns } = queryNamed(queries, name);
      alone = await secondsOf(() => target.write(csvPieces(columns, reader.chunks(name, sql, days))));
    }
    return { whole, alone };
  });
}

try {
  await touchFrom(books, `date '${days.start.day}'`);
  await addUp({ sql: ledger, queries, onPeriod: () => undefined });
  await ledger.run('checkpoint', 'checkpoint');
  ledger.close();
  await mkdir(output, { recursive: true });
  const rounds: ReportRound[] = [];
  for (let pair = 0; pair < input.pairs; pair += 1) {
    const group = await bareGroupBy();
    const { whole, alone } = await reportSeconds('customer_cost');
    const copy = await bareCopy('');
    const sorted = await bareCopy('order by charged_at, service, sid');
    const { whole: lineItems } = await reportSeconds('line_items');
    rounds.push({
      bareGroupBy: group,
      headline: whole,
      headlineAlone: alone,
      bareCopy: copy,
      sortedCopy: sorted,
      lineItems,
    });
  }
  const { size } = await stat(join(output, 'line_items.csv'));
  answer({ rounds, exportedMb: Math.round(size / 1e6), peakMb: used().peakMb } satisfies ReportsResult);
} finally {
  if (input.keptIn === undefined) await rm(folder, { recursive: true, force: true });
}
