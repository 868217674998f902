import { createHttpTransport } from '../adapters/http-transport.js';
import { readKnowledge, readPastRows } from '../adapters/knowledge.js';
import { readStore } from '../adapters/store-reader.js';
import { createTwilio } from '../adapters/twilio.js';
import type { Config } from '../config.js';
import { type Account, chooseAccounts, parseAccounts } from '../domain/account.js';
import type { Knowledge } from '../domain/knowledge.js';
import { instantOf } from '../domain/period.js';
import { estimatePlan, medianOf, type PlanEstimate } from '../domain/plan-estimate.js';
import type { PageVerdict, ReceivedPage, Task } from '../domain/task.js';
import type { Outside } from '../pipeline.js';
import { type DiscoverInfo, discover } from '../stages/discover.js';
import { plan } from '../stages/plan.js';
import { pullTasks } from './pulling.js';

export interface DryRun {
  readonly accounts: number;
  readonly estimate: PlanEstimate;
  /** What a run would know beyond what was known here. */
  readonly notes: readonly string[];
}

const nothingKnown: Knowledge = { settled: [], unpriced: [] };

/**
 * What a run would do now: the account list is asked for and read in memory, the ledger is read as it stands. Nothing on disk
 * is made or changed. @throws as a run does that finds nothing out
 */
export async function dryRun(config: Config, outside: Outside): Promise<DryRun> {
  const { concurrency, accountConcurrency, range } = config;
  const store = await readStore(config.dataFolder, config.credentials.accountSid);
  try {
    const requestsMs: number[] = [];
    const discovered = await discoverInMemory(config, {
      ...outside,
      onEvent: (event) => {
        if (event.kind === 'request_finished') requestsMs.push(event.ms);
        outside.onEvent(event);
      },
    });
    const accounts = chooseAccounts(discovered.accounts, config.accounts);
    const { known } = store;
    const now = instantOf(outside.clock.now());
    const knowledge = known === undefined ? nothingKnown : await readKnowledge(known, range, config.lookBackDays, now);
    const tasks = plan({ accounts, range, knowledge, firstTaskNumber: discovered.nextTaskNumber });
    const past = known === undefined ? [] : await readPastRows(known);
    const pace = { latencyMs: medianOf(requestsMs), concurrency, accountConcurrency };
    return { accounts: accounts.length, estimate: estimatePlan(tasks, past, pace), notes: store.notes };
  } finally {
    store.close();
  }
}

async function discoverInMemory(config: Config, outside: Outside): Promise<DiscoverInfo> {
  const transport = createHttpTransport({ concurrency: config.concurrency });
  const twilio = createTwilio({ ...config, ...config.credentials, transport });
  const lander = new AccountsInMemory();
  try {
    return await discover(
      {
        pull: async (tasks, open) => {
          outside.onEvent({ kind: 'stage', stage: 'discover', detail: 'accounts' });
          const { failures } = await pullTasks(tasks, config, outside, { lander, twilio, transport }, open);
          outside.signal.throwIfAborted();
          return { accounts: lander.accounts, failures };
        },
      },
      { mainAccount: config.credentials.accountSid },
    );
  } finally {
    transport.close();
  }
}

/** Stands in for the landing: accounts are few, and nothing of them is kept longer than the plan. */
class AccountsInMemory {
  private readonly pages = new Map<number, Account[]>();

  /** Each once, in order of SID as the ledger gives them. */
  get accounts(): Account[] {
    const bySid = new Map([...this.pages.values()].flat().map((account) => [account.sid, account]));
    return [...bySid.values()].sort((a, b) => (a.sid < b.sid ? -1 : 1));
  }

  readonly accept = async ({ task, rows }: ReceivedPage): Promise<PageVerdict> => {
    const accounts = parseAccounts(rows.json);
    if (accounts === undefined) return { kind: 'malformed', detail: 'its rows are not well-formed JSON' };
    this.pages.set(task.number, [...(this.pages.get(task.number) ?? []), ...accounts]);
    return { kind: 'accepted', rows: accounts.length, warnings: [] };
  };

  readonly restart = ({ number }: Task): void => void this.pages.delete(number);
}
