import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config.js';
import { ConfigError } from '../domain/errors.js';
import { type Month, parseMonth } from '../domain/period.js';
import { closeMonth, reopenMonth } from '../pipeline/closing.js';
import { requireSoundOwnReports } from '../pipeline/own-reports.js';
import { addCommon, addReconciliation } from './options.js';
import { monthJson, monthLines } from './outcome.js';
import { configOf, type Flags, print, requireRuns, withStore } from './session.js';

const examples = `
A month is closed when it is over and nothing of it is incomplete, unpriced or in quarantine: otherwise exit 4, or 3 where
a difference is unexplained. From then on its published files stay as they are; what changes of its charges stands in
corrections.csv of the month in which it is found.

Examples:
  $ subledger close 2026-10
  $ subledger close 2026-10 --reason "two messages never got a price, Twilio ticket 4711"
  $ subledger close --reopen 2026-10 --reason "customer map was wrong for Acme"`;

export function registerClose(program: Command): void {
  const command = program
    .command('close <month>')
    .description('Close a month: its published files are hashed, kept, and never silently changed again.')
    .option('--reason <text>', 'why it is closed although something stands in the way, or why it is reopened; kept')
    .option('--reopen', 'open a closed month again; the trace and the kept files stay')
    .addHelpText('after', examples);
  addCommon(addReconciliation(command)).action(async (text: string, flags: Flags) => {
    const { month, reason } = readWish(text, flags);
    const config = await configOf(flags, { credentials: false, customers: true });
    await requireRuns(config);
    await requireSoundOwnReports(config);
    if (flags.reopen === true) await runReopen(config, flags, month, reason ?? '');
    else await runClose(config, flags, month, reason);
  });
}

/** @throws ConfigError with everything that is wrong with it */
function readWish(text: string, flags: Flags): { month: Month; reason: string | undefined } {
  const problems: string[] = [];
  const month = parseMonth(text);
  if (month === undefined) problems.push(`${text} is not a month: YYYY-MM.`);
  const reason = typeof flags.reason === 'string' ? flags.reason.trim() : undefined;
  if (reason === '') problems.push('--reason is empty: say why in a sentence, it is kept.');
  if (flags.reopen === true && reason === undefined)
    problems.push('--reopen needs --reason TEXT: why the month is opened again, it is kept.');
  if (problems.length > 0 || month === undefined) throw new ConfigError(problems);
  return { month, reason };
}

async function runClose(config: Config, flags: Flags, month: Month, reason: string | undefined): Promise<void> {
  const { closing, obstacles } = await withStore('close', config, flags, (store, outside) =>
    closeMonth(store, config, outside, month, reason),
  );
  const { folder, files, sha256 } = closing;
  print(flags, { ...closing, kind: undefined, obstacle_details: obstacles, exit_code: 0 }, [
    `${month} is closed: ${files.length} files, kept in ${join(config.dataFolder, folder)}, SHA-256 of the set ${sha256}.`,
    ...Object.entries(closing.obstacles).map(([name, count]) => `  in spite of ${count} ${name}`),
  ]);
}

async function runReopen(config: Config, flags: Flags, month: Month, reason: string): Promise<void> {
  const { reopening, published } = await withStore('close', config, flags, (store, outside) =>
    reopenMonth(store, config, outside, month, reason),
  );
  print(flags, { ...reopening, kind: undefined, months: published.map(monthJson), exit_code: 0 }, [
    `${month} is open again.`,
    ...published.flatMap(monthLines),
  ]);
}
