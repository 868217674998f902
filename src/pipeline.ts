import { createHttpThread } from './adapters/http-thread.js';
import { readAccounts, readKnowledge } from './adapters/knowledge.js';
import { PageParser } from './adapters/page-parser.js';
import type { Store } from './adapters/store.js';
import { type Config, mainCredentials } from './config.js';
import { type Account, appearedMessage } from './domain/account.js';
import { TryAgainError } from './domain/errors.js';
import { withFailures } from './domain/extract-sum.js';
import type { ExtractInfo, TaskFailure } from './domain/extraction.js';
import { outOfReachWarnings } from './domain/out-of-reach.js';
import { type Instant, instantOf } from './domain/period.js';
import { interruptedSince } from './domain/resume.js';
import type { Task } from './domain/task.js';
import { version } from './domain/version.js';
import { AccountsInMemory } from './pipeline/accounts-in-memory.js';
import { loadPending } from './pipeline/loading.js';
import type { Outside } from './pipeline/outside.js';
import { discoverInputOf, type Pulling, pullTasks, twilioOf } from './pipeline/pulling.js';
import { pullRounds, type Rounds } from './pipeline/rounds.js';
import { type DiscoverInfo, type DiscoverPorts, discover } from './stages/discover.js';
import { Lander, type LandInfo } from './stages/land.js';
import { plan } from './stages/plan.js';

export interface PullInfo {
  readonly run: number;
  readonly accounts: number;
  /** Those among them that were not in the account list when the run began. */
  readonly appeared: readonly Account[];
  readonly extract: ExtractInfo;
  readonly land: LandInfo;
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
