import { type Books, period } from './book-records.js';
import { nightSteps } from './book-usage.js';
import { bareRecords, days, openBooks, secondsOf, shipped, touchFrom } from './books.js';
import { answer, readInput, used } from './usage.js';

/**
 * One ledger, and in turn a bare `group by` over its tables and the product's own reconciliation, in the same process with the same memory
 * and threads. The product's modules come from dist/, as they ship.
 */

interface Input extends Books {
  readonly pairs: number;
  readonly nights: number;
  readonly lookBackDays: number;
  /** Where the data is kept for people to look into; otherwise it goes with the process. */
  readonly keptIn?: string;
}

export interface Round {
  readonly bare: number;
  readonly compare: number;
  readonly reports: number;
  readonly checks: number;
  /** The sums by day of the whole month, as one load would make them. */
  readonly addUp: number;
  /** Seconds of each query. */
  readonly steps: Readonly<Record<string, number>>;
}

export interface ReconcileResult {
  readonly rounds: readonly Round[];
  /** Compared with usage: account-days, currencies and families. */
  readonly keys: number;
  readonly usageRows: number;
  /** Keys by cause and status, for people. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly lookBack: {
    readonly oneWindow: readonly number[];
    readonly nights: readonly number[];
    readonly compareToBare: readonly number[];
  };
  readonly peakMb: number;
}

type AddUp = typeof import('../../src/stages/add-up.js');
type Reconcile = typeof import('../../src/stages/reconcile.js');
type Queries = typeof import('../../src/domain/query.js');
type SqlParameters = import('../../src/adapters/duckdb.js').SqlParameters;

const input = readInput<Input>();
const { addUp } = await shipped<AddUp>('stages/add-up.js');
const { compare } = await shipped<Reconcile>('stages/reconcile.js');
const { parametersOf } = await shipped<Queries>('domain/query.js');
const books = await openBooks(input, input.keptIn);
const { ledger, queries, run } = books;

const reportNames = ['reconciliation', 'reconciliation_summary', 'tie_out'];
const reports = [...queries.values()].filter((query) => query.kind === 'report' && reportNames.includes(query.name));
const made = new Set([
  ...reportNames.map((name) => `report_${name}`),
  ...[...queries.values()].filter((query) => query.kind === 'period').map((query) => query.name),
]);
/** Usage itself, as the reconciliation reads it. */
const usageTables = new Set(['usage_days', 'usage_families', 'usage_remainders', 'usage_records']);
const checks = [...queries.values()].filter(
  (query) =>
    query.kind === 'check' &&
    query.reads.some((name) => made.has(name) || usageTables.has(name)) &&
    query.reads.every((name) => made.has(name) || !name.startsWith('report_')),
);

const bareSql = [
  ...bareRecords,
  'select account_sid, day, currency, count(*), sum(cost) from usage_records group by account_sid, day, currency',
];

const ports = (run: (name: string, sql: string, parameters?: SqlParameters) => Promise<void>) => ({
  sql: {
    run,
    texts: (name: string, sql: string, parameters?: SqlParameters) => ledger.texts(name, sql, parameters),
    transaction: <T>(work: () => Promise<T>) => ledger.transaction(work),
  },
  queries,
  onPeriod: () => undefined,
});

async function round(): Promise<Round> {
  // What the round before has made would take memory from this one's bare side.
  for (const name of made) await ledger.run('drop', `drop table if exists ${name}`);
  const steps: Record<string, number> = {};
  const timed = async (name: string, sql: string, parameters = {}): Promise<void> => {
    steps[name] = (steps[name] ?? 0) + (await secondsOf(() => ledger.run(name, sql, parameters)));
  };
  const bare = await secondsOf(async () => {
    for (const [place, sql] of bareSql.entries()) await timed(`bare_${place}`, sql);
  });
  await touchFrom(books, `date '${days.start.day}'`);
  const added = await secondsOf(() => addUp(ports(timed)));
  const compared = await secondsOf(() => compare(ports(timed), period));
  const reported = await secondsOf(async () => {
    for (const report of reports) {
      await timed(
        report.name,
        `create or replace temp table report_${report.name} as\n${report.sql}`,
        parametersOf(report, days),
      );
    }
  });
  const checked = await secondsOf(async () => {
    for (const check of checks) await timed(`check ${check.name}`, check.sql, parametersOf(check, days));
  });
  return { bare, compare: compared, reports: reported, checks: checked, addUp: added, steps };
}

/** The reconciliation's own sums must be those of the bare query: a ratio to other work than this says nothing. */
async function verified(): Promise<Pick<ReconcileResult, 'keys' | 'usageRows' | 'statuses'>> {
  const [[rows, wanted] = []] = await ledger.texts(
    'bare',
    'select count(*), sum(cost) from (select cost from calls union all select cost from messages)',
  );
  const [[held, cost, keys] = []] = await ledger.texts(
    'reconciled',
    'select sum(item_count + unbilled_count), sum(item_cost), count(*) from reconciled_days',
  );
  if (rows !== held || wanted !== cost)
    throw new Error(`${rows} records of ${wanted}, and reconciled ${held} of ${cost}`);
  const [[usageRows] = []] = await ledger.texts('usage', 'select count(*) from usage_records');
  const statuses = await ledger.texts(
    'statuses',
    'select status, count(*) from reconciled_days group by status union all select cause, sum(day_count) from cause_accounts group by cause',
  );
  return {
    keys: Number(keys),
    usageRows: Number(usageRows),
    statuses: Object.fromEntries(statuses.map(([name, count]) => [name, Number(count)])),
  };
}

/** The sums of the days that a night reads again, as its load makes them anew. */
async function lookBack(): Promise<number> {
  await touchFrom(books, `date '${days.end.day}' - ${input.lookBackDays + 1}`);
  return secondsOf(() => addUp(ports((name, sql, parameters) => ledger.run(name, sql, parameters))));
}

/** What that takes where each list was read once, and after so many nights; and what the comparison takes then, to the bare query. */
async function growth(): Promise<ReconcileResult['lookBack']> {
  const times = { oneWindow: [] as number[], nights: [] as number[], compareToBare: [] as number[] };
  await lookBack();
  for (let pair = 0; pair < input.pairs; pair += 1) times.oneWindow.push(await lookBack());
  await run(nightSteps(input.nights, input.lookBackDays));
  await lookBack();
  for (let pair = 0; pair < input.pairs; pair += 1) {
    times.nights.push(await lookBack());
    const { compare: seconds, bare } = await round();
    times.compareToBare.push(seconds / bare);
  }
  return times;
}

try {
  await round();
  const facts = await verified();
  const rounds: Round[] = [];
  for (let pair = 0; pair < input.pairs; pair += 1) rounds.push(await round());
  answer({ ...facts, rounds, lookBack: await growth(), peakMb: used().peakMb } satisfies ReconcileResult);
} finally {
  await books.close();
}
