import { once } from 'node:events';
import type { Command } from 'commander';
import { csvPieces } from '../adapters/csv.js';
import { loadQueries } from '../adapters/query-files.js';
import type { Store } from '../adapters/store.js';
import type { Config } from '../config.js';
import { ConfigError } from '../domain/errors.js';
import { requireInputs } from '../domain/needed-inputs.js';
import { byColumn, dayParameters, parametersOf, type Query, reportsOf } from '../domain/query.js';
import { createReport, selectReport } from '../domain/report-sql.js';
import { prepareReports, publish } from '../pipeline/publishing.js';
import { addCommon, addRange, addReconciliation } from './options.js';
import { exitCodeOf, monthJson, monthLines, setExitCode } from './run.js';
import { configOf, type Flags, print, requireRuns, withStore } from './session.js';

const examples = `
Without a name, the published files of every month in the range are written anew from the ledger. With names, those reports
are written to stdout as CSV (or, with --json, as one JSON object per line) for exactly the range.

Examples:
  $ subledger report --month 2026-10
  $ subledger report customer_cost --from 2026-10-01 --to 2026-10-15 > first-half.csv
  $ subledger report --list`;

export function registerReport(program: Command): void {
  const command = program
    .command('report [name...]')
    .description('Write reports for any range of days that was pulled; nothing is asked of Twilio.')
    .option('--list', 'the reports, with their purpose')
    .addHelpText('after', examples);
  addCommon(addReconciliation(addRange(command))).action(async (names: string[], flags: Flags) => {
    const config = await configOf(flags, { credentials: false, customers: true });
    // Before the store is opened, which writes: a slip of the pen must leave the disk as it is.
    const known = await loadQueries();
    if (flags.list === true) return listReports(known, flags);
    const queries = names.map((name) => reportNamed(known, name));
    requireInputs(queries, { rates: config.rates });
    await requireRuns(config);
    await withStore('report', config, flags, async (store, outside) => {
      if (queries.length === 0) {
        const months = await publish(store, config, outside);
        const exitCode = exitCodeOf(undefined, months);
        setExitCode(exitCode);
        print(flags, { months: months.map(monthJson), exit_code: exitCode }, months.flatMap(monthLines));
        return;
      }
      await prepareReports(store, config, outside, queries);
      for (const query of queries) await writeReport(store, query, config, flags.json === true);
    });
  });
}

type Queries = ReadonlyMap<string, Query>;

function listReports(known: Queries, flags: Flags): void {
  const reports = reportsOf(known).map(({ name, purpose }) => ({ name, purpose }));
  const width = Math.max(...reports.map((report) => report.name.length));
  print(
    flags,
    reports,
    reports.map(({ name, purpose }) => `${name.padEnd(width)}  ${purpose}`),
  );
}

function reportNamed(known: Queries, name: string): Query {
  const query = known.get(name);
  if (query?.kind === 'report') return query;
  const names = reportsOf(known).map((report) => report.name);
  throw new ConfigError([`There is no report ${name}. Reports: ${names.join(', ')}.`]);
}

async function writeReport(store: Store, query: Query, config: Config, json: boolean): Promise<void> {
  await store.ledger.run(query.name, createReport(query), parametersOf(query, dayParameters(config.range)));
  const rows = store.ledger.chunks(query.name, selectReport(query));
  for await (const piece of json ? jsonPieces(query, rows) : csvPieces(query.columns, rows)) {
    if (!(await writeOut(piece))) return;
  }
}

/** False where the reader has closed, as `head` does: nobody wants the rest. */
async function writeOut(text: string): Promise<boolean> {
  const { stdout } = process;
  if (stdout.destroyed) return false;
  if (stdout.write(text)) return true;
  return once(stdout, 'drain').then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return false;
      throw error;
    },
  );
}

/** Amounts stay texts: a JSON number would be read as a binary float. */
async function* jsonPieces(
  query: Query,
  chunks: AsyncIterable<readonly (readonly (string | null)[])[]>,
): AsyncGenerator<string> {
  for await (const rows of chunks) {
    for (const row of rows) yield `${JSON.stringify(byColumn(query, row))}\n`;
  }
}
