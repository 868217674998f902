import type { Command } from 'commander';
import { knock } from '../pipeline/pulling.js';
import { pull } from '../pipeline.js';
import { runDry } from './dry-run.js';
import { addCommon, addPull, addRange } from './options.js';
import { exitCodeOf, setExitCode } from './outcome.js';
import { linesOf } from './run.js';
import { configOf, type Flags, print, withStore } from './session.js';

const examples = `
Examples:
  $ subledger extract --month 2026-10
  $ subledger extract --from 2026-10-01 --to 2026-10-02 --json
  $ subledger extract --month 2026-10 --dry-run --json`;

export function registerExtract(program: Command): void {
  const command = program
    .command('extract')
    .description('Pull only: what is missing or may still change goes to the landing; no report is written.')
    .addHelpText('after', examples);
  addCommon(addPull(addRange(command))).action(async (flags: Flags) => {
    const config = await configOf(flags, { credentials: true, customers: false });
    if (flags.dryRun === true) return runDry(config, flags);
    const pulled = await withStore(
      'extract',
      config,
      flags,
      (store, outside) => pull(store, config, outside, 'extract'),
      (outside) => knock(config, outside),
    );
    const exitCode = exitCodeOf(pulled, []);
    setExitCode(exitCode);
    const { run, accounts, appeared, extract, land } = pulled;
    print(
      flags,
      {
        run,
        accounts,
        accounts_appeared: appeared.map((account) => account.sid),
        extract,
        landed: land,
        exit_code: exitCode,
      },
      linesOf(config, { pulled, published: [], exitCode }),
    );
  });
}
