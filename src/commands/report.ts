import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { readBytes, utf8Of } from '../adapters/files.js';
import { loadQueries, notUtf8 } from '../adapters/query-files.js';
import { writeReport } from '../adapters/report-file.js';
import { fileTarget, type ReportTarget, stdoutTarget } from '../adapters/report-target.js';
import type { Config } from '../config.js';
import { ConfigError } from '../domain/errors.js';
import { requireInputs } from '../domain/needed-inputs.js';
import { ownSelect } from '../domain/own-select.js';
import { type Query, reportsOf } from '../domain/query.js';
import { isBinary, type ReportRequest, readRequest } from '../domain/report-request.js';
import { ask } from '../pipeline/asking.js';
import { requireSoundOwnReports } from '../pipeline/own-reports.js';
import { publish } from '../pipeline/publishing.js';
import { addCommon, addRange, addReconciliation, addReport } from './options.js';
import { exitCodeOf, monthJson, monthLines, setExitCode } from './outcome.js';
import { catalogueJson, catalogueLines, helpOf } from './report-help.js';
import { configOf, type Flags, note, print, requireRuns, withReader, withStore } from './session.js';

const examples = `
Without a name and without days: the catalogue. With names: those reports, for exactly the days, to stdout or a file; nothing is locked, so
that it works while the nightly job runs. With days and without a name: the published files of every month of the range are written anew.

Examples:
  $ subledger report                                                       every report, with its purpose
  $ subledger report customer_cost --help                                  its columns
  $ subledger report customer_cost --from 2026-10-01 --to 2026-10-15 > first-half.csv
  $ subledger report service_cost --month 2026-10 --customer acme --group-by day --format md
  $ subledger report customer_cost --month 2026-10 --output october.xlsx
  $ subledger report line_items --month 2026-10 --currency USD --output items.parquet
  $ subledger report --sql top.sql --month 2026-10                         a SELECT of your own; $start and $end are the days
  $ subledger report my_report --queries reports/ --month 2026-10          a report of your own
  $ subledger report --month 2026-10                                       output/2026-10/ anew`;

export function registerReport(program: Command): void {
  const command = program
    .command('report [name...]')
    .description('Reports for any range of days that was pulled; nothing is asked of Twilio.')
    .helpOption(false)
    .option('-h, --help', 'this text; with a name: what that report tells')
    .addHelpText('after', examples);
  addCommon(addReport(addReconciliation(addRange(command)))).action(async (names: string[], flags: Flags) => {
    if (flags.help === true && names.length === 0) return command.outputHelp();
    const config = await configOf(flags, { credentials: false, customers: true });
    // Before anything is opened: a slip of the pen must leave the disk as it is.
    const known = await loadQueries(config.queriesFolder);
    const reports = names.map((name) => reportNamed(known, name));
    if (flags.help === true) return void process.stdout.write(reports.map(helpOf).join('\n'));
    const hasDays = [flags.from, flags.to, flags.month].some((flag) => flag !== undefined);
    if (typeof flags.sql === 'string') reports.push(await readSelect(flags.sql));
    if (flags.list === true || (reports.length === 0 && !hasDays))
      return print(flags, catalogueJson(known), catalogueLines(known));
    const request = readRequest(
      reports.map(({ name }) => name),
      flags,
      config.accounts,
    );
    requireInputs(reports, { rates: config.rates });
    await requireRuns(config);
    if (reports.length === 0) await publishAnew(config, flags, request);
    else await writeReports(config, flags, request, reports);
  });
}

function reportNamed(known: ReadonlyMap<string, Query>, name: string): Query {
  const query = known.get(name);
  if (query?.kind === 'report') return query;
  const names = reportsOf(known).map((report) => report.name);
  throw new ConfigError([`There is no report ${name}. Reports: ${names.join(', ')}.`]);
}

/** A SELECT of the user's: a file, or `-` for stdin. */
async function readSelect(path: string): Promise<Query> {
  const file = path === '-' ? 'stdin' : path;
  const bytes = path === '-' ? await readAll(process.stdin) : await readBytes(path);
  if (bytes === undefined) throw new ConfigError([`The file ${path} does not exist.`]);
  const sql = utf8Of(bytes);
  if (sql === undefined) throw new ConfigError([`${file}: ${notUtf8}`]);
  return ownSelect(file, sql);
}

async function publishAnew(config: Config, flags: Flags, { output, filters, groupBy }: ReportRequest): Promise<void> {
  const narrowed = filters.customers.length + filters.accounts.length + filters.currencies.length > 0;
  if (output !== undefined || narrowed || groupBy !== undefined || flags.format !== undefined || flags.excel === true) {
    throw new ConfigError([
      'Name a report: --customer, --account, --currency, --group-by, --format, --excel and --output are about reports by name.',
    ]);
  }
  await requireSoundOwnReports(config);
  await withStore('report', config, flags, async (store, outside) => {
    const months = await publish(store, config, outside);
    const exitCode = exitCodeOf(undefined, months);
    setExitCode(exitCode);
    print(flags, { months: months.map(monthJson), exit_code: exitCode }, months.flatMap(monthLines));
  });
}

async function writeReports(
  config: Config,
  flags: Flags,
  request: ReportRequest,
  reports: readonly Query[],
): Promise<void> {
  const files = filesOf(request, reports);
  await withReader('report', config, flags, async (reader, { signal }) => {
    const targets = files.map((file) =>
      file === undefined ? stdoutTarget(reader.temporaryFolder, process.stdout) : fileTarget(file, `${process.pid}`),
    );
    const asides = targets.map(({ aside }) => aside);
    let index = 0;
    for await (const asked of ask(reader, config, request, reports, asides, { signal, onNote: note })) {
      const target = targets[index++] as ReportTarget;
      await writeReport(target, request, asked);
    }
  });
}

/** A file for each report; undefined = stdout. @throws ConfigError */
function filesOf({ output, format }: ReportRequest, reports: readonly Query[]): (string | undefined)[] {
  if (output === undefined) {
    if (isBinary(format) && (process.stdout.isTTY || reports.length > 1))
      throw new ConfigError([`${format} is no text: name a file with --output, and one report for each file.`]);
    if (reports.length > 1 && format !== 'md')
      throw new ConfigError([
        `On stdout ${reports.length} reports as ${format} would run into each other: name a folder with --output, or --format md.`,
      ]);
    return reports.map(() => undefined);
  }
  const there = statOf(output);
  const isFolder = output.endsWith('/') || there?.isDirectory() === true;
  // A report takes the place of what it is written to: of /dev/null too.
  if (there !== undefined && !isFolder && !there.isFile())
    throw new ConfigError([
      `--output ${output} is neither a file nor a folder: without --output a report goes to stdout.`,
    ]);
  if (!isFolder && reports.length > 1)
    throw new ConfigError([
      `--output ${output} is one file for ${reports.length} reports: name a folder, as ${output}/.`,
    ]);
  return reports.map(({ name }) => (isFolder ? join(output, `${name}.${format}`) : output));
}

/** Undefined where nothing is there, or nobody may look: whoever writes there is told why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
