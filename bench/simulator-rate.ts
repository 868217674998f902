import { readFile } from 'node:fs/promises';
import { runSide } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ReaderResult } from './sides/reader.js';
import { truthOfCalls, withSimulator } from './simulator.js';

/** What the simulator serves to a reader that does next to nothing: it must not be the bottleneck of the other benches. */
export async function simulatorRate(options: BenchOptions): Promise<Figure[]> {
  const { records = 1_000_000, accounts = 20, pairs = 3, concurrency = 4, seed = 1 } = options;
  const world = { records, accounts, seed, from: '2026-09-07', to: '2026-09-14', profile: 'plain,calls-only' };
  return withSimulator(world, async (target, simulatorId) => {
    const truth = await truthOfCalls(target);
    const rates: number[] = [];
    const shares: number[] = [];
    for (let round = 1; round <= pairs; round += 1) {
      const before = await cpuSecondsOf(simulatorId);
      const read = await runSide<ReaderResult>('reader', { target, concurrency });
      const cpuSeconds = (await cpuSecondsOf(simulatorId)) - before;
      if (read.rows !== truth.rows) throw new Error(`${read.rows} calls were read, ${truth.rows} there are`);
      rates.push(read.rows / read.seconds);
      shares.push((cpuSeconds / read.rows) * 1e6);
      note(
        `round ${round}: ${read.pages} pages of ${(read.megabytes / read.pages).toFixed(2)} MB in ${read.seconds.toFixed(1)} s`,
      );
    }
    const details = {
      of: 'rows per second that the simulator serves',
      rows_per_second: Math.round(median(rates)),
      simulator_cpu_us_per_row: roundTo(median(shares), 1),
      records,
      accounts,
      concurrency,
    };
    return [{ bench: 'simulator-rate', details }];
  });
}

/** User and system time of a process, from Linux's /proc; 0 elsewhere. Source: proc(5), fields 14 and 15 of stat. */
async function cpuSecondsOf(processId: number): Promise<number> {
  const text = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}
