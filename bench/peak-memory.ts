import { runSide } from './child.js';
import { type Figure, median, note } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { truthOfCalls, withSimulator } from './simulator.js';

const peakMbGoal = 512;
const growthGoal = 1.1;
/** The smaller world has a fifth of the records. */
const growth = 5;

/** Peak memory of pull, land and load of a mixed world: calls, messages and usage of two months, with all that is awkward. */
export async function peakMemory(options: BenchOptions): Promise<Figure[]> {
  const { records = 5_000_000, accounts = 40, pairs = 1, seed = 1 } = options;
  const fewer = Math.round(records / growth);
  const small: number[] = [];
  const large: number[] = [];
  for (let round = 1; round <= pairs; round += 1) {
    small.push(await peakOf(fewer, accounts, seed));
    large.push(await peakOf(records, accounts, seed));
  }
  const details = { records, accounts };
  const peakMb = median(large);
  return [
    {
      bench: 'peak-memory',
      ratio: peakMb / peakMbGoal,
      goal: 1,
      goal_is: 'at_most',
      details: { of: `peak resident memory to ${peakMbGoal} MB`, peak_mb: Math.round(peakMb), ...details },
    },
    {
      bench: 'peak-memory',
      ratio: peakMb / median(small),
      goal: growthGoal,
      goal_is: 'at_most',
      details: {
        of: 'peak resident memory, to that with a fifth of the records',
        fewer_records: fewer,
        fewer_peak_mb: Math.round(median(small)),
        ...details,
      },
    },
  ];
}

function peakOf(records: number, accounts: number, seed: number): Promise<number> {
  const world = { records, accounts, seed, from: '2026-09-01', to: '2026-11-01', profile: 'mixed' };
  return withSimulator(world, async (target) => {
    const product = await runSide<ProductResult>('product', { target, flags: {} });
    note(
      `${records} records: ${Math.round(product.peakMb)} MB at most, ${product.allRows} rows, pull ` +
        `${product.pullSeconds.toFixed(1)} s, load ${product.loadSeconds.toFixed(1)} s, landing ${product.landedMb.toFixed(1)} MB`,
    );
    const truth = await truthOfCalls(target);
    if (product.rows !== truth.rows) throw new Error(`${product.rows} calls came, ${truth.rows} there are`);
    return product.peakMb;
  });
}
