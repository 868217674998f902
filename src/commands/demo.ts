import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { InvariantError } from '../domain/errors.js';
import { FIRST_CAUSES } from '../simulator/causes.js';
import { setExitCode } from './outcome.js';
import { linesOf, runAll } from './run.js';
import { configOf, type Flags, print } from './session.js';

const examples = `
Examples:
  $ subledger demo
  $ subledger demo --records 1000000 --accounts 200 --seed 7
  $ subledger demo --discrepancies

It starts the simulator, pulls two months of 41 accounts from it over HTTP, and publishes their files below output/demo.`;

/** Lines of the headline CSV that the demo shows. */
const headLines = 12;

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Run the nightly job against the bundled simulator.')
    .option('--seed <n>', 'seed of the simulated world', '1')
    .option('--accounts <n>', 'subaccounts', '40')
    .option('--records <n>', 'calls and messages in all', '200000')
    .option('--discrepancies', 'shows causes of differences between records and usage; ends with exit code 3')
    .option('--json', 'the result as JSON on stdout')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const simulator = spawn(process.execPath, [process.argv[1] ?? '', ...simulatorArguments(flags)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await runDemo(flags, await simulatedEnvironment(simulator));
      } finally {
        simulator.kill();
      }
    });
}

const simulatorArguments = (flags: Flags): string[] => [
  'simulate',
  ...['seed', 'accounts', 'records'].flatMap((name) => [`--${name}`, String(flags[name])]),
  ...(flags.discrepancies === true ? ['--discrepancies', FIRST_CAUSES.join()] : []),
];

/** The simulator's first line says where it listens and what its credentials are. */
async function simulatedEnvironment(simulator: ChildProcess): Promise<Record<string, string>> {
  if (simulator.stdout === null) throw new InvariantError('the simulator has an output');
  const lines = createInterface({ input: simulator.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(simulator, 'exit')])) as [unknown];
  if (typeof line !== 'string') throw new InvariantError('the simulator did not start');
  const { base_url, account_sid, auth_token } = JSON.parse(line) as Record<string, string>;
  return {
    SUBLEDGER_API_BASE_URL: base_url ?? '',
    TWILIO_ACCOUNT_SID: account_sid ?? '',
    TWILIO_AUTH_TOKEN: auth_token ?? '',
  };
}

async function runDemo(flags: Flags, environment: Record<string, string>): Promise<void> {
  const chosen = { ...flags, dataDir: 'data/demo', outputDir: 'output/demo', from: '2026-09-01', to: '2026-11-01' };
  const config = await configOf(chosen, { credentials: true, customers: false }, environment);
  // Each demo begins with nothing, as a newcomer would: its folders are its own.
  await rm(config.dataFolder, { recursive: true, force: true });
  await rm(config.outputFolder, { recursive: true, force: true });
  const result = await runAll('demo', config, flags);
  setExitCode(result.exitCode);
  const folders = result.published.map((month) => month.folder);
  const headline = join(folders.at(-1) ?? '', 'customer_cost.csv');
  const head =
    folders.length === 0 ? '' : (await readFile(headline, 'utf8')).split('\n').slice(0, headLines).join('\n');
  print(flags, { folders, headline }, [
    ...linesOf(config, result),
    '',
    `What each customer cost, by month and currency: ${headline}`,
    head,
    '…',
  ]);
}
