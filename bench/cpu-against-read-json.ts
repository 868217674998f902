import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSide, type SideResult } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { truthOfCalls, withSimulator } from './simulator.js';

/**
 * The product's CPU time for pull, land and load, start of the process included, to that of DuckDB merely parsing the same pages, which
 * a reader has put on disk before.
 */
export async function cpuAgainstReadJson(options: BenchOptions): Promise<Figure[]> {
  const { records = 1_000_000, accounts = 20, pairs = 1, seed = 1 } = options;
  const world = { records, accounts, seed, from: '2026-09-07', to: '2026-09-14', profile: 'plain,calls-only' };
  const folder = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
  try {
    return await withSimulator(world, async (target) => {
      const truth = await truthOfCalls(target);
      await runSide('reader', { target, concurrency: 4, folder });
      const ratios: number[] = [];
      for (let round = 1; round <= pairs; round += 1) {
        const product = await runSide<ProductResult>('product', { target, flags: {} });
        const parsed = await runSide<SideResult>('read-json', { folder });
        for (const { rows, cost } of [product, parsed]) {
          if (rows !== truth.rows || cost !== truth.cost) throw new Error(`${rows} calls of ${cost}`);
        }
        note(`product ${product.cpuSeconds.toFixed(1)} s of CPU, read_json ${parsed.cpuSeconds.toFixed(1)} s`);
        ratios.push(product.cpuSeconds / parsed.cpuSeconds);
      }
      const details = {
        of: 'CPU time, product to read_json',
        ratios: ratios.map((ratio) => roundTo(ratio, 2)),
        records,
      };
      return [{ bench: 'cpu-against-read-json', ratio: median(ratios), goal: 3, goal_is: 'at_most', details }];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
