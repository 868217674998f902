import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSide } from './child.js';
import { type Figure, note } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { type SimulatedWorld, type Target, type TruthDay, truthDays, withSimulator } from './simulator.js';

const peakMbGoal = 512;
const growthGoal = 1.1;
const growth = 5;
const dayMs = 86_400_000;

/** Many records of many accounts with all that is awkward: each there once, and memory as with a fifth of them. */
export async function manyRecords(options: BenchOptions): Promise<Figure[]> {
  const { records = 10_000_000, accounts = 1000, seed = 1 } = options;
  const world = { accounts: accounts - 1, seed, from: '2026-10-01', to: '2026-11-01', profile: 'mixed' };
  const small = await pullOf({ ...world, records: Math.round(records / growth) });
  const large = await pullOf({ ...world, records });
  const details = { records, accounts, missing: large.missing, doubled: large.doubled };
  return [
    {
      bench: 'many-records',
      ratio: (large.missing + large.doubled) / records,
      goal: 0,
      goal_is: 'at_most',
      details: { of: 'records missing or doubled, by account, day, service and currency, to all', ...details },
    },
    ...memoryFigures('many-records', large.peakMb, small.peakMb, { of: 'a fifth of the records', ...details }),
  ];
}

/** Thousands of accounts in one nightly run, reports included, and the night after it: memory and open files as with a tenth of them. */
export async function manyAccountsNightly(options: BenchOptions): Promise<Figure[]> {
  const { accounts = 5000, records = 250_000, seed = 1 } = options;
  // The look-back is asked for again in the second night: the days end with yesterday.
  const dayBefore = (days: number): string => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);
  const world = { records, seed, from: dayBefore(9), to: dayBefore(0), profile: 'mixed' };
  const few = await nightsOf({ ...world, accounts: accounts / 10 - 1 });
  const many = await nightsOf({ ...world, accounts: accounts - 1 });
  const { missing, doubled } = many;
  const details = { accounts, records, requests_of_second_night: many.requests, missing, doubled };
  return [
    ...memoryFigures('many-accounts-nightly', many.peakMb, few.peakMb, { of: 'a tenth of the accounts', ...details }),
    {
      bench: 'many-accounts-nightly',
      ratio: many.openFiles / few.openFiles,
      goal: growthGoal,
      goal_is: 'at_most',
      details: {
        of: 'open files at most, to those with a tenth of the accounts',
        open_files: many.openFiles,
        fewer_open_files: few.openFiles,
        ...details,
      },
    },
  ];
}

function memoryFigures(
  bench: string,
  peakMb: number,
  fewerPeakMb: number,
  { of, ...details }: Readonly<Record<string, unknown>>,
): Figure[] {
  const peaks = { peak_mb: Math.round(peakMb), fewer_peak_mb: Math.round(fewerPeakMb) };
  const at_most = { bench, goal_is: 'at_most' } as const;
  return [
    {
      ...at_most,
      ratio: peakMb / peakMbGoal,
      goal: 1,
      details: { of: `peak resident memory to ${peakMbGoal} MB`, ...peaks, ...details },
    },
    {
      ...at_most,
      ratio: peakMb / fewerPeakMb,
      goal: growthGoal,
      details: { of: `peak resident memory, to that with ${of}`, ...peaks, ...details },
    },
  ];
}

interface Books {
  readonly peakMb: number;
  readonly openFiles: number;
  readonly requests: number;
  readonly missing: number;
  readonly doubled: number;
}

const pullOf = (world: SimulatedWorld): Promise<Books> => withSimulator(world, (target) => booksOf(world, target, {}));

/** Two nights, each a process of its own, as a scheduler starts them. */
function nightsOf(world: SimulatedWorld): Promise<Books> {
  return withSimulator(world, async (target) => {
    const keptIn = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
    try {
      const first = await booksOf(world, target, { publishes: true, keptIn });
      const second = await booksOf(world, target, { publishes: true, keptIn });
      return {
        ...second,
        peakMb: Math.max(first.peakMb, second.peakMb),
        openFiles: Math.max(first.openFiles, second.openFiles),
      };
    } finally {
      await rm(keptIn, { recursive: true, force: true });
    }
  });
}

async function booksOf(world: SimulatedWorld, target: Target, input: object): Promise<Books> {
  const product = await runSide<ProductResult>('product', { target, flags: {}, groups: true, ...input });
  const { missing, surplus } = compare(product.groups, await truthDays(target));
  const { peakMb, openFiles, requests, pullSeconds, loadSeconds } = product;
  note(
    `${world.records} records of ${world.accounts + 1} accounts: ${Math.round(peakMb)} MB and ${openFiles} open files at ` +
      `most, ${requests} requests, pull ${pullSeconds.toFixed(1)} s, load ${loadSeconds.toFixed(1)} s`,
  );
  return { peakMb, openFiles, requests, missing, doubled: product.doubled + surplus };
}

/** Groups of the ledger against the simulator's own: records too few and too many. A wrong sum makes its group's records missing. */
function compare(
  groups: ProductResult['groups'],
  truth: readonly TruthDay[],
): { readonly missing: number; readonly surplus: number } {
  const ours = new Map(
    groups.map(([account, day, service, currency, count, cost]) => [
      `${account} ${day} ${service} ${currency}`,
      { count: Number(count), cost },
    ]),
  );
  let [missing, surplus] = [0, 0];
  for (const { account_sid, day, service, currency, count, cost } of truth) {
    const key = `${account_sid} ${day} ${service} ${currency ?? ''}`;
    const found = ours.get(key);
    ours.delete(key);
    if (found === undefined) missing += count;
    else if (found.count === count && found.cost !== cost) missing += count;
    else if (found.count < count) missing += count - found.count;
    else surplus += found.count - count;
  }
  for (const { count } of ours.values()) surplus += count;
  return { missing, surplus };
}
