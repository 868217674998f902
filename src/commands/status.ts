import type { Command } from 'commander';
import type { Store } from '../adapters/store.js';
import { closedMonths } from '../domain/closing.js';
import type { MonthClosed, RunFinished, RunStarted } from '../domain/manifest.js';
import { dayOf } from '../domain/period.js';
import { selectTexts } from '../domain/query.js';
import { loadPending } from '../pipeline.js';
import { addCommon } from './options.js';
import { configOf, type Flags, print, requireRuns, withStore } from './session.js';

const examples = `
Examples:
  $ subledger status
  $ subledger status --json | jq '.accounts[] | select(.incomplete_days != "0")'`;

/** Runs that are shown, newest last. */
const runsShown = 5;

interface RunLine {
  readonly run: number;
  readonly command: string;
  readonly started_at: string;
  readonly finished_at: string | undefined;
  readonly range: RunStarted['range'];
  readonly outcomes: RunFinished['outcomes'] | undefined;
}

export function registerStatus(program: Command): void {
  const command = program
    .command('status')
    .description(
      'What is complete from when through when, per account and resource; what is unpriced; closed months; the last runs.',
    )
    .addHelpText('after', examples);
  addCommon(command).action(async (flags: Flags) => {
    const config = await configOf(flags, { credentials: false, customers: false });
    await requireRuns(config);
    const { accounts, runs, closed } = await withStore(
      'status',
      config,
      { ...flags, quiet: true },
      async (store, outside) => {
        await loadPending(store, outside);
        return { accounts: await readStatus(store), runs: runLines(store), closed: closedMonths(store.closings) };
      },
    );
    print(flags, { data_folder: config.dataFolder, runs, closed_months: closed.map(closedJson), accounts }, [
      ...runs.map(runText),
      ...closed.map(closedText),
      '',
      ...accountTexts(accounts),
    ]);
  });
}

async function readStatus(store: Store): Promise<Record<string, string | null>[]> {
  const query = store.query('account_status');
  const rows = await store.ledger.texts(query.name, selectTexts(query.columns, `(${query.sql}\n) as account_status`));
  return rows.map((row) => Object.fromEntries(query.columns.map(({ name }, index) => [name, row[index] ?? null])));
}

function runLines(store: Store): RunLine[] {
  const started = store.runs.filter((line): line is RunStarted => line.kind === 'run_started');
  const finished = new Map(
    store.runs.filter((line): line is RunFinished => line.kind === 'run_finished').map((line) => [line.run, line]),
  );
  return started.slice(-runsShown).map(({ run, command, at, range }) => ({
    run,
    command,
    started_at: at,
    finished_at: finished.get(run)?.at,
    range,
    outcomes: finished.get(run)?.outcomes,
  }));
}

function runText({ run, command, started_at, finished_at, range, outcomes }: RunLine): string {
  const end = finished_at === undefined ? 'did not finish' : `finished ${finished_at}`;
  const counts =
    outcomes === undefined
      ? ''
      : `: ${outcomes.complete} complete, ${outcomes.refused} refused, ${outcomes.failed} failed`;
  return `run ${run} (${command}) ${dayOf(range.start)} to ${dayOf(range.end)}, started ${started_at}, ${end}${counts}`;
}

const closedJson = ({ month, at, reason, obstacles, folder, sha256 }: MonthClosed): unknown => ({
  month,
  closed_at: at,
  reason,
  obstacles,
  folder,
  sha256,
});

function closedText({ month, at, reason, obstacles }: MonthClosed): string {
  const overridden = Object.entries(obstacles).map(([name, count]) => `, ${count} ${name}`);
  return `${month} closed ${at}${overridden.join('')}${reason === null ? '' : `: ${JSON.stringify(reason)}`}`;
}

/** One line per account and resource, columns aligned. */
function accountTexts(accounts: readonly Record<string, string | null>[]): string[] {
  const header = ['account', 'status', 'resource', 'complete from', 'through', 'incomplete days', 'unpriced', 'name'];
  const rows = accounts.map((account) => [
    account.account_sid ?? '',
    account.account_status ?? '',
    account.resource ?? '',
    account.complete_from ?? '-',
    account.complete_through ?? '-',
    account.incomplete_days ?? '',
    account.unpriced_count ?? '',
    JSON.stringify(account.friendly_name ?? ''),
  ]);
  const widths = header.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
