import type { Clock } from './adapters/clock.js';
import { type CsvColumn, csvPieces } from './adapters/csv.js';
import { fillCustomerMap } from './adapters/customer-file.js';
import { sqlText, type TextRow } from './adapters/duckdb.js';
import { createHttpThread } from './adapters/http-thread.js';
import { readAccounts, readKnowledge } from './adapters/knowledge.js';
import { OutputSet } from './adapters/output-set.js';
import { PageParser } from './adapters/page-parser.js';
import type { Store } from './adapters/store.js';
import { type Config, mainCredentials } from './config.js';
import { type Account, appearedMessage } from './domain/account.js';
import { StorageError, TryAgainError } from './domain/errors.js';
import { withFailures } from './domain/extract-sum.js';
import type { ExtractInfo, TaskFailure } from './domain/extraction.js';
import type { Finding } from './domain/finding.js';
import { ledgerMemoryMb, reportMemoryMb } from './domain/limits.js';
import type { SetFile } from './domain/manifest.js';
import { outOfReachWarnings } from './domain/out-of-reach.js';
import { type Instant, instantOf, type Month, monthsOf, monthWindow } from './domain/period.js';
import type { PipelineEvent } from './domain/pipeline-event.js';
import { interruptedSince } from './domain/resume.js';
import type { Task } from './domain/task.js';
import { version } from './domain/version.js';
import { AccountsInMemory } from './pipeline/accounts-in-memory.js';
import { publishClosed } from './pipeline/closed-month.js';
import { discoverInputOf, type Pulling, pullTasks, twilioOf } from './pipeline/pulling.js';
import { pullRounds, type Rounds } from './pipeline/rounds.js';
import { type DiscoverInfo, type DiscoverPorts, discover } from './stages/discover.js';
import { Lander, type LandInfo } from './stages/land.js';
import { type LoadInfo, load } from './stages/load.js';
import { plan } from './stages/plan.js';
import { reconcile } from './stages/reconcile.js';
import { describeSet, materialise, type WrittenFile, writeReports } from './stages/report.js';

/** What the pipeline may not fetch for itself. */
export interface Outside {
  readonly clock: Clock;
  /** Jitter, in [0, 1). */
  random(): number;
  readonly signal: AbortSignal;
  onEvent(event: PipelineEvent): void;
}

export interface PullInfo {
  readonly run: number;
  readonly accounts: number;
  /** Those among them that were not in the account list when the run began. */
  readonly appeared: readonly Account[];
  readonly extract: ExtractInfo;
  readonly land: LandInfo;
}

/** Brings into the ledger what is landed and not yet loaded: also what a killed run left. */
export async function loadPending(store: Store, outside: Outside): Promise<LoadInfo> {
  if (store.pending.length > 0)
    outside.onEvent({ kind: 'stage', stage: 'load', detail: `${store.pending.length} lines` });
  const lines = store.pending.splice(0);
  return load(
    {
      sql: {
        run: (name, sql, parameters) => store.ledger.run(name, sql, parameters),
        texts: (name, sql) => store.ledger.texts(name, sql),
        transaction: (work) => store.ledger.transaction(work),
        literal: sqlText,
      },
      queries: store.queries,
      trusted: (file, sha256) => store.trusted(file, sha256),
      manifestPath: store.manifest.path,
    },
    lines,
  );
}

/**
 * discover → plan → extract → land: everything between Twilio and the book of record. What was landed before is loaded first,
 * because the plan depends on what is known.
 * @throws TryAgainError where nothing at all could be pulled for reasons that pass; ConfigError where credentials are wrong
 */
export async function pull(store: Store, config: Config, outside: Outside, command: string): Promise<PullInfo> {
  const now = (): Instant => outside.clock.now().toISOString();
  store.requireMainAccount(config.credentials.accountSid);
  await loadPending(store, outside);
  const run = store.lastRun + 1;
  await store.append({
    kind: 'run_started',
    run,
    at: now(),
    version,
    main_account: config.credentials.accountSid,
    command,
    range: config.range,
    phone_numbers: config.phoneNumbers,
  });
  const transport = createHttpThread({ concurrency: config.concurrency });
  const parser = await PageParser.open(store.queries, { phoneNumbers: config.phoneNumbers, run });
  const lander = new Lander({ parser, manifest: store, files: store, now, sleep: outside.clock.sleep }, run);
  try {
    const twilio = twilioOf(config, transport);
    const pulling = { lander, twilio, transport, run };
    const discovered = await discover(discoverPorts(store, config, outside, pulling), discoverInputOf(config));
    const { accounts } = discovered;
    const { info, appeared } = await pullAll(store, config, outside, pulling, discovered);
    const landInfo = await lander.finish(info.failures.map(notPulled));
    await store.append({
      kind: 'run_finished',
      run,
      at: now(),
      aborted: info.aborted,
      outcomes: info.tasks,
      pages: info.pages,
      rows: info.rows,
      requests: info.requests,
      retries: info.retries,
    });
    const [first] = info.failures;
    if (info.allTransient && first !== undefined) {
      throw new TryAgainError(`nothing could be pulled, try again later: ${first.error.message}`);
    }
    return { run, accounts: accounts.length + appeared.length, appeared, extract: info, land: landInfo };
  } finally {
    await lander.settled();
    parser.close();
    transport.close();
  }
}

/** What is due of the accounts, and of those that appear meanwhile; with every warning that came up, each told as it did. */
async function pullAll(
  store: Store,
  config: Config,
  outside: Outside,
  pulling: Pulling & { readonly run: number },
  discovered: DiscoverInfo,
): Promise<Rounds> {
  const { range } = config;
  const { accounts } = discovered;
  const now = instantOf(outside.clock.now());
  const knowledge = await readKnowledge(
    store,
    range,
    config.lookBackDays,
    now,
    interruptedSince(store.runs, pulling.run, now),
  );
  outside.onEvent({ kind: 'stage', stage: 'plan', detail: `${accounts.length} accounts` });
  const warnings: string[] = [];
  const warn = (messages: readonly string[]): void => {
    warnings.push(...messages);
    for (const message of messages) outside.onEvent({ kind: 'warning', message });
  };
  const planFor = (due: readonly Account[], firstTaskNumber: number): Task[] => {
    const tasks = plan({ accounts: due, range, knowledge, undated: config.undatedPages > 0, firstTaskNumber });
    warn(outOfReachWarnings(due, tasks, now));
    return tasks;
  };
  warn(discovered.warnings);
  const input = { ...discovered, listsAgain: mainCredentials(config) !== undefined && config.accounts.length === 0 };
  const { info, appeared } = await pullRounds(config, outside, pulling, planFor, input);
  if (appeared.length > 0) warn([appearedMessage(appeared)]);
  warn(info.warnings);
  return { info: { ...withFailures(info, discovered.failures), warnings }, appeared };
}

/** The account list is pulled, landed and loaded like everything else, then read from the ledger. */
function discoverPorts(
  store: Store,
  config: Config,
  outside: Outside,
  pulling: Pulling & { readonly lander: Lander; readonly run: number },
): DiscoverPorts {
  return {
    pull: async (tasks, open) => {
      outside.onEvent({ kind: 'stage', stage: 'discover', detail: 'accounts' });
      const lander = new AccountsInMemory(config.credentials.accountSid).besides(pulling.lander);
      const { failures } = await pullTasks(tasks, config, outside, { ...pulling, lander }, open);
      outside.signal.throwIfAborted();
      await pulling.lander.finish([]);
      await loadPending(store, outside);
      return { accounts: await readAccounts(store, pulling.run), failures };
    },
  };
}

const notPulled = ({ task, outcome, error }: TaskFailure) => ({ task, outcome, error: error.message });

export interface PublishedMonth {
  readonly month: Month;
  readonly folder: string;
  /** False: what stood there already is the same, byte for byte. */
  readonly changed: boolean;
  /** What is published is the set that was kept when the month was closed. */
  readonly closed: boolean;
  readonly files: readonly (SetFile & Partial<WrittenFile>)[];
  readonly findings: readonly Finding[];
}

/**
 * reconcile → report: for every month of the range, the reports are made, checked against the ledger, written aside and
 * published as a set. @throws StorageError where a control total does not hold: then nothing of that month is published
 */
export async function publish(store: Store, config: Config, outside: Outside): Promise<PublishedMonth[]> {
  await loadPending(store, outside);
  await fillCustomerMap(store, config.customerMap);
  await store.ledger.limitMemory(reportMemoryMb);
  const published: PublishedMonth[] = [];
  for (const month of monthsOf(config.range)) {
    outside.signal.throwIfAborted();
    outside.onEvent({ kind: 'stage', stage: 'report', detail: month });
    published.push(await publishMonth(store, config, month));
  }
  await store.ledger.limitMemory(ledgerMemoryMb);
  return published;
}

async function publishMonth(store: Store, config: Config, month: Month): Promise<PublishedMonth> {
  const closed = await publishClosed(store, config, month);
  if (closed !== undefined) return closed;
  const period = monthWindow(month);
  const set = await OutputSet.begin(config.outputFolder, month);
  const ports = {
    sql: store.ledger,
    queries: store.queries,
    writeCsv: async (path: string, columns: readonly CsvColumn[], rows: AsyncIterable<readonly TextRow[]>) => {
      let count = 0;
      const counted = async function* () {
        for await (const chunk of rows) {
          count += chunk.length;
          yield chunk;
        }
      };
      return { ...(await set.write(path, csvPieces(columns, counted()))), rows: count };
    },
  };
  try {
    await materialise(ports, period);
    const findings = await reconcile(ports, period);
    const broken = findings.filter((finding) => finding.severity === 'fail');
    if (broken.length > 0) throw brokenControls(month, broken);
    const files = await writeReports(ports, findings);
    const facts = {
      month,
      period,
      mainAccount: store.mainAccount,
      phoneNumbers: config.phoneNumbers,
      customers: config.customersFile === undefined ? 'friendly_name' : 'customers.csv',
    };
    await set.writeWhole('run.json', await describeSet(ports, facts, files, findings));
    return { month, folder: set.folder, changed: await set.publish(), closed: false, files, findings };
  } catch (error) {
    await set.discard();
    throw error;
  }
}

function brokenControls(month: Month, broken: readonly Finding[]): StorageError {
  const lines = broken.slice(0, 10).map((finding) => `${finding.check}: ${finding.subject}: ${finding.detail}`);
  return new StorageError(
    `${month} is not published, what stood there stays: ${broken.length} control totals do not hold.\n${lines.join('\n')}`,
  );
}
