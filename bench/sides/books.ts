import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryFolder } from '../child.js';
import { type Books, period, recordSteps, type Step } from './book-records.js';
import { accountsStep, oneWindowStep, usageSteps } from './book-usage.js';

type Ledger = typeof import('../../src/adapters/ledger.js');
type QueryFiles = typeof import('../../src/adapters/query-files.js');
type Limits = typeof import('../../src/domain/limits.js');
type Database = import('../../src/adapters/duckdb.js').Database;
type Query = import('../../src/domain/query.js').Query;

/** A module of the product as it ships, from dist/. */
export const shipped = async <Module>(path: string): Promise<Module> =>
  (await import(pathToFileURL(`${repositoryFolder}dist/${path}`).href)) as Module;

export const days = { start: { day: period.start.slice(0, 10) }, end: { day: period.end.slice(0, 10) } };

export interface OpenBooks {
  readonly folder: string;
  readonly ledger: Database;
  readonly queries: ReadonlyMap<string, Query>;
  readonly seeds: ReadonlyMap<string, string>;
  run(steps: readonly Step[]): Promise<void>;
  close(): Promise<void>;
}

/** A ledger of a month, as nights would have left it, with the memory that reports have. `keptIn`: where it stays for people to look into. */
export async function openBooks(books: Books, keptIn?: string): Promise<OpenBooks> {
  const { openLedger } = await shipped<Ledger>('adapters/ledger.js');
  const { loadQueries, seedFiles } = await shipped<QueryFiles>('adapters/query-files.js');
  const { reportMemoryMb } = await shipped<Limits>('domain/limits.js');
  const folder = keptIn ?? (await mkdtemp(join(tmpdir(), 'subledger-bench-')));
  const queries = await loadQueries();
  const seeds = await seedFiles();
  const ledger = await openLedger(folder, queries, seeds);
  const run = async (steps: readonly Step[]): Promise<void> => {
    for (const [name, sql] of steps) await ledger.run(name, sql);
  };
  // What is made here is not measured: it need not fit in the memory that reports have.
  await ledger.limitMemory(2048);
  await run([...recordSteps(books), ...usageSteps(), accountsStep, oneWindowStep, ['checkpoint', 'checkpoint']]);
  await ledger.limitMemory(reportMemoryMb);
  return {
    folder,
    ledger,
    queries,
    seeds,
    run,
    close: async () => {
      ledger.close();
      if (keptIn === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As if a load had touched the days from that one on. */
export const touchFrom = ({ ledger }: Pick<OpenBooks, 'ledger'>, first: string): Promise<void> =>
  ledger.run(
    'stale_days',
    `insert into stale_days select day from days where day >= ${first} and day < date '${days.end.day}'`,
  );

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

/** Every record by account, day and currency, with nothing around it. */
export const bareRecords: readonly string[] = ['calls', 'messages'].map(
  (table) => `select account_sid, cast(charged_at as date) as day, currency, count(*), sum(cost)
    from ${table} group by account_sid, cast(charged_at as date), currency`,
);
