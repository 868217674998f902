import { runSide, type SideResult } from './child.js';
import { type Figure, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { type SimulatedWorld, type Target, truthOfCalls, withSimulator } from './simulator.js';

const latencyMs = 200;
const pageRows = 1000;

/** What is left of a pull when only the network's latency counts: requests x latency / concurrency. */
export async function manyAccounts(options: BenchOptions): Promise<Figure[]> {
  const { records = 100_000, accounts = 1000, seed = 1, concurrency = 20 } = options;
  // The main account is one of them.
  const world = {
    ...{ records, accounts: accounts - 1, seed },
    ...{ from: '2026-09-07', to: '2026-09-08', profile: 'plain,uniform' },
  };
  return withLatency(world, async (target) => {
    const product = await pullAt(target, concurrency);
    const boundSeconds = (product.requests * latencyMs) / 1000 / concurrency;
    return [
      {
        bench: 'many-accounts',
        ratio: boundSeconds / product.pullSeconds,
        goal: 0.95,
        goal_is: 'at_least',
        details: {
          of: 'requests x latency / concurrency, to the seconds of the pull',
          requests: product.requests,
          seconds: roundTo(product.pullSeconds, 2),
          ...{ accounts, records, concurrency, latency_ms: latencyMs },
        },
      },
    ];
  });
}

/** Concurrency → share of the bound, and how many times faster than `calls.list()` with pages as large as ours. */
const goals = new Map([
  [10, { bound: 0.9, faster: 8 }],
  [20, { bound: 0.75, faster: 12 }],
]);

/**
 * One account with a month of calls: the requests that a perfect division by time would need, x latency / concurrency. Those are all
 * but the pages by which the divided list of calls is longer than the undivided one.
 */
export async function oneBigAccount(options: BenchOptions): Promise<Figure[]> {
  const { records = 1_000_000, seed = 1, pageSize = pageRows } = options;
  const profile = 'plain,calls-only,one-account';
  const world = { records, accounts: 1, seed, from: '2026-09-01', to: '2026-10-01', profile };
  return withLatency(world, async (target) => {
    const truth = await truthOfCalls(target);
    const loop = await runSide<SideResult>('sdk-loop', { target, pageSize });
    note(`SDK loop: ${loop.rows} calls in ${loop.seconds.toFixed(1)} s, pages of ${pageSize}`);
    const figures: Figure[] = [];
    for (const [concurrency, goal] of goals) {
      const product = await pullAt(target, concurrency);
      if (product.rows !== truth.rows || product.cost !== truth.cost) throw new Error('not all calls came');
      const callPages = Math.ceil(truth.rows / pageRows);
      const needed = product.requests - product.largestListPages + callPages;
      const secondsOf = (requests: number): number => (requests * latencyMs) / 1000 / concurrency;
      const details = { records, concurrency, latency_ms: latencyMs, requests: product.requests, needed };
      const figure = { bench: 'one-big-account', goal_is: 'at_least' } as const;
      const seconds = roundTo(product.pullSeconds, 2);
      const ofBound = {
        of: 'requests with a perfect division x latency / concurrency, to the seconds of the pull',
        of_pages_of_calls_only: roundTo(secondsOf(callPages) / product.pullSeconds, 3),
        seconds,
      };
      const ofLoop = { of: 'seconds of the SDK loop to those of the product, loading included', page_size: pageSize };
      figures.push(
        {
          ...figure,
          ratio: secondsOf(needed) / product.pullSeconds,
          goal: goal.bound,
          details: { ...ofBound, ...details },
        },
        { ...figure, ratio: loop.seconds / product.seconds, goal: goal.faster, details: { ...ofLoop, ...details } },
      );
    }
    return figures;
  });
}

const withLatency = (world: SimulatedWorld, work: (target: Target) => Promise<Figure[]>): Promise<Figure[]> =>
  withSimulator({ ...world, flags: { 'latency-ms': latencyMs } }, work);

async function pullAt(target: Target, concurrency: number): Promise<ProductResult> {
  const flags = { concurrency: String(concurrency), accountConcurrency: String(concurrency) };
  const product = await runSide<ProductResult>('product', { target, flags });
  note(`concurrency ${concurrency}: ${product.requests} requests, pull ${product.pullSeconds.toFixed(1)} s`);
  return product;
}
