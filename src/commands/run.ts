import type { Command } from 'commander';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { appearedMessage } from '../domain/account.js';
import { ExitCode } from '../domain/exit-code.js';
import { dayOf } from '../domain/period.js';
import type { Outside } from '../pipeline/outside.js';
import { requireSoundOwnReports } from '../pipeline/own-reports.js';
import { type PublishedMonth, publish } from '../pipeline/publishing.js';
import { knock } from '../pipeline/pulling.js';
import { type PullInfo, pull } from '../pipeline.js';
import { runDry } from './dry-run.js';
import { addCommon, addPull, addRange, addReconciliation } from './options.js';
import { exitCodeOf, monthJson, monthLines, setExitCode } from './outcome.js';
import { configOf, type Flags, print, withStore } from './session.js';

const examples = `
Examples:
  $ subledger run                                  the nightly job: the previous month and this one, to yesterday
  $ subledger run --month 2026-10                  one month
  $ subledger run --from 2026-10-01 --to 2026-10-08 --account ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
  $ subledger run --dry-run                        what that would pull and how long it would take; changes nothing

Credentials come from TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or with TWILIO_API_KEY and TWILIO_API_SECRET;
those of single accounts from --credentials: CSV with the header account_sid,username,password, mode 0600.`;

export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .description('The nightly job: plan, extract, land, load, reconcile, report.')
    .addHelpText('after', examples);
  addCommon(addReconciliation(addPull(addRange(command)))).action(async (flags: Flags) => {
    const config = await configOf(flags, { credentials: true, customers: true });
    await requireSoundOwnReports(config);
    if (flags.dryRun === true) return runDry(config, flags);
    const result = await runAll('run', config, flags);
    setExitCode(result.exitCode);
    print(flags, jsonOf(config, result), linesOf(config, result));
  });
}

export interface RunResult {
  readonly pulled: PullInfo;
  /** Nothing where a signal stopped the run. */
  readonly published: readonly PublishedMonth[];
  readonly exitCode: number;
}

/** Pull and publish, as `run` and `demo` do. */
export function runAll(command: string, config: Config, flags: Flags): Promise<RunResult> {
  const work = async (store: Store, outside: Outside): Promise<RunResult> => {
    const pulled = await pull(store, config, outside, command);
    if (pulled.extract.aborted) return { pulled, published: [], exitCode: ExitCode.fine };
    const published = await publish(store, config, outside);
    return { pulled, published, exitCode: exitCodeOf(pulled, published) };
  };
  return withStore(command, config, flags, work, (outside) => knock(config, outside));
}

function jsonOf(config: Config, { pulled, published, exitCode }: RunResult): unknown {
  const { failures, tasks, pages, rows, requests, retries, warnings } = pulled.extract;
  return {
    run: pulled.run,
    start: config.range.start,
    end: config.range.end,
    accounts: pulled.accounts,
    accounts_appeared: pulled.appeared.map((account) => account.sid),
    tasks,
    pages,
    rows,
    requests,
    retries,
    warnings,
    landed: pulled.land,
    not_pulled: failures.map(({ task, outcome, error }) => ({
      account_sid: task.accountSid,
      resource: task.resource,
      start: task.window?.start,
      end: task.window?.end,
      outcome,
      error: error.message,
    })),
    months: published.map(monthJson),
    exit_code: exitCode,
  };
}

export function linesOf(config: Config, { pulled, published }: RunResult): string[] {
  const { failures, tasks, pages, rows, retries, aborted } = pulled.extract;
  const lines = [
    `Run ${pulled.run}: ${pulled.accounts} accounts, ${dayOf(config.range.start)} to ${dayOf(config.range.end)} (exclusive, UTC).`,
    `Pulled ${rows} rows in ${pages} pages: ${tasks.complete} windows complete, ${failures.length} not pulled, ${retries} retries.`,
  ];
  const { appeared } = pulled;
  if (appeared.length > 0) lines.push(appearedMessage(appeared));
  if (aborted)
    lines.push(`Stopped by a signal: ${tasks.unfinished} windows are left; what was pulled is kept. Run again.`);
  for (const { task, outcome, error } of failures.slice(0, 20)) {
    lines.push(`  ${outcome}: ${task.resource} of ${task.accountSid}: ${error.message}`);
  }
  if (failures.length > 20) lines.push(`  … and ${failures.length - 20} more: see completeness.csv`);
  return [...lines, ...published.flatMap(monthLines)];
}
