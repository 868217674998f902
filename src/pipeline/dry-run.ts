import { createHttpTransport } from '../adapters/http-transport.js';
import { readKnowledge, readPastRows } from '../adapters/knowledge.js';
import { readStore } from '../adapters/store-reader.js';
import type { Config } from '../config.js';
import type { Knowledge } from '../domain/knowledge.js';
import { outOfReachWarnings } from '../domain/out-of-reach.js';
import { instantOf } from '../domain/period.js';
import { estimatePlan, medianOf, type PlanEstimate } from '../domain/plan-estimate.js';
import { interruptedSince } from '../domain/resume.js';
import { type DiscoverInfo, discover } from '../stages/discover.js';
import { plan } from '../stages/plan.js';
import { AccountsInMemory } from './accounts-in-memory.js';
import type { Outside } from './outside.js';
import { discoverInputOf, pullTasks, twilioOf } from './pulling.js';

export interface DryRun {
  readonly accounts: number;
  readonly estimate: PlanEstimate;
  /** What a run would warn of before it pulls. */
  readonly warnings: readonly string[];
  /** What a run would know beyond what was known here. */
  readonly notes: readonly string[];
}

const nothingKnown: Knowledge = { settled: [], unpriced: [], resumed: [] };

/**
 * What a run would do now: the account list is asked for and read in memory, the ledger is read as it stands. Nothing on disk
 * is made or changed. @throws as a run does that finds nothing out
 */
export async function dryRun(config: Config, outside: Outside): Promise<DryRun> {
  const { concurrency, accountConcurrency, undatedPages, range } = config;
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
    const { accounts } = discovered;
    const { known, runs } = store;
    const now = instantOf(outside.clock.now());
    const nextRun = 1 + Math.max(0, ...runs.map((line) => line.run));
    const interrupted = interruptedSince(runs, nextRun, now);
    const knowledge =
      known === undefined ? nothingKnown : await readKnowledge(known, range, config.lookBackDays, now, interrupted);
    const tasks = plan({
      accounts,
      range,
      knowledge,
      undated: undatedPages > 0,
      firstTaskNumber: discovered.nextTaskNumber,
    });
    const past = known === undefined ? [] : await readPastRows(known);
    const pace = { latencyMs: medianOf(requestsMs), concurrency, accountConcurrency, undatedPages };
    return {
      accounts: accounts.length,
      estimate: estimatePlan(tasks, past, pace),
      warnings: [
        ...discovered.warnings,
        ...discovered.failures.map(({ error }) => error.message),
        ...outOfReachWarnings(accounts, tasks, now),
      ],
      notes: store.notes,
    };
  } finally {
    store.close();
  }
}

async function discoverInMemory(config: Config, outside: Outside): Promise<DiscoverInfo> {
  const transport = createHttpTransport({ concurrency: config.concurrency });
  const twilio = twilioOf(config, transport);
  const lander = new AccountsInMemory(config.credentials.accountSid);
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
      discoverInputOf(config),
    );
  } finally {
    transport.close();
  }
}
