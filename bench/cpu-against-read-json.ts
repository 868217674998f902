import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undatedPagesDefault } from '../src/domain/limits.js';
import { runSide } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import type { ReadJsonResult } from './sides/read-json.js';
import { truthOfCalls, withSimulator } from './simulator.js';

/**
 * The product's CPU time for pull, land and load to that of DuckDB merely parsing the same pages, which a reader has put on disk before:
 * those of the lists without date filter too, which hold the newest calls once more.
 */
export async function cpuAgainstReadJson(options: BenchOptions): Promise<Figure[]> {
  const { records = 1_000_000, accounts = 20, pairs = 1, seed = 1 } = options;
  const world = { records, accounts, seed, from: '2026-09-07', to: '2026-09-14', profile: 'plain,calls-only' };
  const folder = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
  try {
    return await withSimulator(world, async (target) => {
      const truth = await truthOfCalls(target);
      await runSide('reader', { target, concurrency: 4, folder, undatedPages: undatedPagesDefault });
      const [ratios, stricter]: [number[], number[]] = [[], []];
      for (let round = 1; round <= pairs; round += 1) {
        const product = await runSide<ProductResult>('product', { target, flags: {} });
        const parsed = await runSide<ReadJsonResult>('read-json', { folder });
        for (const { rows, cost } of [product, parsed]) {
          if (rows !== truth.rows || cost !== truth.cost) throw new Error(`${rows} calls of ${cost}`);
        }
        const { cpuSeconds, undatedCpuSeconds } = parsed;
        note(
          `product ${product.cpuSeconds.toFixed(1)} s of CPU, and ${product.startCpuSeconds.toFixed(1)} s to start; read_json ` +
            `${cpuSeconds.toFixed(1)} s, and ${undatedCpuSeconds.toFixed(1)} s for the lists without date filter`,
        );
        ratios.push(product.cpuSeconds / (cpuSeconds + undatedCpuSeconds));
        stricter.push(product.cpuSeconds / cpuSeconds);
      }
      const rounded = (all: readonly number[]): number[] => all.map((ratio) => roundTo(ratio, 2));
      const details = {
        of: 'CPU time, product to read_json of the same pages',
        ratios: rounded(ratios),
        ratios_to_pages_with_date_filter_only: rounded(stricter),
        records,
      };
      return [{ bench: 'cpu-against-read-json', ratio: median(ratios), goal: 3, goal_is: 'at_most', details }];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
