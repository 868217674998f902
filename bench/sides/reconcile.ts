import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryFolder } from '../child.js';
import { type Books, period, recordSteps, type Step } from './book-records.js';
import { accountsStep, nightSteps, oneWindowStep, usageSteps } from './book-usage.js';
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

type Ledger = typeof import('../../src/adapters/ledger.js');
type QueryFiles = typeof import('../../src/adapters/query-files.js');
type AddUp = typeof import('../../src/stages/add-up.js');
type Reconcile = typeof import('../../src/stages/reconcile.js');
type Queries = typeof import('../../src/domain/query.js');
type SqlParameters = import('../../src/adapters/duckdb.js').SqlParameters;
type Limits = typeof import('../../src/domain/limits.js');

const shipped = async <Module>(path: string): Promise<Module> =>
  (await import(pathToFileURL(`${repositoryFolder}dist/${path}`).href)) as Module;

const input = readInput<Input>();
const { openLedger } = await shipped<Ledger>('adapters/ledger.js');
const { loadQueries, seedFiles } = await shipped<QueryFiles>('adapters/query-files.js');
const { addUp } = await shipped<AddUp>('stages/add-up.js');
const { compare } = await shipped<Reconcile>('stages/reconcile.js');
const { parametersOf } = await shipped<Queries>('domain/query.js');
const { reportMemoryMb } = await shipped<Limits>('domain/limits.js');
const folder = input.keptIn ?? (await mkdtemp(join(tmpdir(), 'subledger-bench-')));
const queries = await loadQueries();
const ledger = await openLedger(folder, queries, await seedFiles());

const days = { start: { day: period.start.slice(0, 10) }, end: { day: period.end.slice(0, 10) } };
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

const bareSql = ['calls', 'messages'].map(
  (table) => `select account_sid, cast(charged_at as date) as day, currency, count(*), sum(cost)
    from ${table} group by account_sid, cast(charged_at as date), currency`,
);
bareSql.push(
  'select account_sid, day, currency, count(*), sum(cost) from usage_records group by account_sid, day, currency',
);

async function run(steps: readonly Step[]): Promise<void> {
  for (const [name, sql] of steps) await ledger.run(name, sql);
}

/** As if a load had touched the days from that one on. */
const touchFrom = (first: string): Promise<void> =>
  ledger.run(
    'stale_days',
    `insert into stale_days select day from days where day >= ${first} and day < date '${days.end.day}'`,
  );

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

async function fill(): Promise<void> {
  // What is made here is not measured: it need not fit in the memory that reports have.
  await ledger.limitMemory(2048);
  await run([...recordSteps(input), ...usageSteps(), accountsStep, oneWindowStep, ['checkpoint', 'checkpoint']]);
  await ledger.limitMemory(reportMemoryMb);
}

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
  await touchFrom(`date '${days.start.day}'`);
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
  await touchFrom(`date '${days.end.day}' - ${input.lookBackDays + 1}`);
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
  await fill();
  await round();
  const facts = await verified();
  const rounds: Round[] = [];
  for (let pair = 0; pair < input.pairs; pair += 1) rounds.push(await round());
  answer({ ...facts, rounds, lookBack: await growth(), peakMb: used().peakMb } satisfies ReconcileResult);
} finally {
  ledger.close();
  if (input.keptIn === undefined) await rm(folder, { recursive: true, force: true });
}
