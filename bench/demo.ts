import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliPath, exitOf, linesOf } from './child.js';
import { type Figure, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';

const secondsGoal = 120;
const recordsGoal = 200_000;
const sampleMs = 100;

/** The demo as a newcomer runs it, simulator included, from its start to its end, in an empty folder. */
export async function demo(options: BenchOptions): Promise<Figure[]> {
  const flags = Object.entries({ records: options.records, accounts: options.accounts, seed: options.seed }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]),
  );
  const folder = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
  try {
    const startedMs = performance.now();
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn(process.execPath, [cliPath, 'demo', ...flags], { cwd: folder, stdio: [...stdio] });
    let peakMb = 0;
    const sampler = setInterval(async () => {
      peakMb = Math.max(peakMb, await peakMbOf(child.pid));
    }, sampleMs);
    const [lines, code] = await Promise.all([linesOf(child), exitOf(child)]);
    clearInterval(sampler);
    const seconds = (performance.now() - startedMs) / 1000;
    if (code !== 0) throw new Error(`the demo ended with ${code}`);
    const rows = Number(/^Pulled (\d+) rows/m.exec(lines.join('\n'))?.[1] ?? Number.NaN);
    if (options.records === undefined && !(rows >= recordsGoal)) throw new Error(`the demo pulled ${rows} rows`);
    note(`demo: ${rows} rows in ${seconds.toFixed(1)} s`);
    const details = {
      of: `seconds to ${secondsGoal}`,
      seconds: roundTo(seconds, 1),
      rows,
      peak_mb: peakMb === 0 ? undefined : Math.round(peakMb),
    };
    return [{ bench: 'demo', ratio: seconds / secondsGoal, goal: 1, goal_is: 'at_most', details }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Largest resident set of a running process so far, from Linux's /proc; 0 elsewhere. */
async function peakMbOf(processId: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${processId}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}
