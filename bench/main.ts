import { cpuAgainstReadJson } from './cpu-against-read-json.js';
import { demo } from './demo.js';
import { type Figure, note, printFigure } from './figure.js';
import { manyAccounts, oneBigAccount } from './latency.js';
import { type BenchOptions, readArguments, usage } from './options.js';
import { peakMemory } from './peak-memory.js';
import { pullAgainstSdkLoop } from './pull-against-sdk-loop.js';
import { reconcile } from './reconcile.js';
import { reports } from './reports.js';
import { simulatorRate } from './simulator-rate.js';
import { throttled } from './throttled.js';
import { manyAccountsNightly, manyRecords } from './whole-books.js';

/** Runs the benches named, or all: figures as JSON lines on stdout, notes on stderr. docs/benchmarks.md says what they mean. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<Figure[]>>> = {
  'pull-against-sdk-loop': pullAgainstSdkLoop,
  'peak-memory': peakMemory,
  'many-accounts': manyAccounts,
  'one-big-account': oneBigAccount,
  'many-records': manyRecords,
  'many-accounts-nightly': manyAccountsNightly,
  throttled,
  'cpu-against-read-json': cpuAgainstReadJson,
  reconcile,
  reports,
  demo,
  'simulator-rate': simulatorRate,
};

async function main(): Promise<number> {
  const { names, help, options } = readArguments(process.argv.slice(2));
  const unknown = names.filter((name) => benches[name] === undefined);
  if (help || unknown.length > 0) {
    for (const name of unknown) note(`There is no bench ${name}.`);
    note(`${usage}\nBenches: ${Object.keys(benches).join(', ')}`);
    return help ? 0 : 2;
  }
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    note(`${name} …`);
    for (const figure of await bench(options)) printFigure(figure);
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  note(error instanceof Error ? `error: ${error.message}` : String(error));
  process.exitCode = 1;
}
