import type { Command } from 'commander';
import { closedMonths } from '../domain/closing.js';
import type { MonthClosed, RunFinished, RunStarted } from '../domain/manifest.js';
import { dayOf } from '../domain/period.js';
import { byColumn, type Query } from '../domain/query.js';
import { selectTexts } from '../domain/report-sql.js';
import type { Reader } from '../pipeline/reader.js';
import { addCommon } from './options.js';
import { configOf, type Flags, print, requireRuns, withReader } from './session.js';

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
    const known = await withReader('status', config, { ...flags, quiet: true }, async (reader) => {
      const runs = runLines(reader);
      return {
        as_of_run: reader.asOfRun,
        runs,
        closed: closedMonths(reader.closings),
        control_totals: await readControlTotals(reader, runs[0]?.run ?? 0),
        accounts: await readStatus(reader),
      };
    });
    const { closed, ...rest } = known;
    print(flags, { data_folder: config.dataFolder, closed_months: closed.map(closedJson), ...rest }, [
      ...known.runs.map(runText),
      ...closed.map(closedText),
      '',
      ...aligned(controlTexts(known.control_totals)),
      '',
      ...aligned(accountTexts(known.accounts)),
    ]);
  });
}

type Line = Readonly<Record<string, string | null>>;

function readStatus(reader: Reader): Promise<Line[]> {
  const query = reader.query('account_status');
  return readLines(reader, query, `(${query.sql}\n) as account_status`);
}

/** What the runs from `firstRun` on received, landed, loaded and quarantined, by resource and currency. */
function readControlTotals(reader: Reader, firstRun: number): Promise<Line[]> {
  const order = ['run_number', 'resource', 'currency', 'stage'].map((name) => `run_control_totals.${name}`).join(', ');
  const from = `run_control_totals where run_number >= ${firstRun} order by ${order}`;
  return readLines(reader, reader.query('run_control_totals'), from);
}

async function readLines(reader: Reader, query: Query, from: string): Promise<Line[]> {
  const rows = await reader.ledger.texts(query.name, selectTexts(query.columns, from));
  return rows.map((row) => byColumn(query, row));
}

function runLines(reader: Reader): RunLine[] {
  const started = reader.runs.filter((line): line is RunStarted => line.kind === 'run_started');
  const finished = new Map(
    reader.runs.filter((line): line is RunFinished => line.kind === 'run_finished').map((line) => [line.run, line]),
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

/** One line per run, resource and currency: rows by stage, and what their prices add up to, which is the same at every stage. */
function controlTexts(totals: readonly Line[]): string[][] {
  const header = ['run', 'resource', 'currency', ...stages, 'priced', 'sum of prices'];
  const rows = new Map<string, string[]>();
  for (const { run_number, resource, currency, stage, row_count, priced_count, price_sum } of totals) {
    const key = [run_number ?? '', resource ?? '', currency || '-'];
    const row = rows.get(key.join(' ')) ?? [...key, ...stages.map(() => '0'), '', ''];
    row[key.length + stages.indexOf(stage ?? '')] = row_count ?? '';
    if (stage === 'landed') row.splice(-2, 2, priced_count ?? '', price_sum ?? '');
    rows.set(key.join(' '), row);
  }
  return [header, ...rows.values()];
}

const stages = ['received', 'landed', 'loaded', 'quarantined'];

/** One line per account and resource. */
function accountTexts(accounts: readonly Line[]): string[][] {
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
  return [header, ...rows];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
