import type { Config } from '../config.js';
import type { Account } from '../domain/account.js';
import { addExtractInfo } from '../domain/extract-sum.js';
import type { ExtractInfo } from '../domain/extraction.js';
import { newAccountRoundsMax } from '../domain/limits.js';
import type { Task } from '../domain/task.js';
import { accountTask } from '../stages/discover.js';
import { AccountsInMemory } from './accounts-in-memory.js';
import type { Outside } from './outside.js';
import { type Pulling, pullTasks } from './pulling.js';

export interface RoundsInput {
  readonly accounts: readonly Account[];
  readonly nextTaskNumber: number;
  /** Whether the account list is asked again behind the pull: not where the accounts were chosen by somebody. */
  readonly listsAgain: boolean;
}

export interface Rounds {
  readonly info: ExtractInfo;
  /** Accounts that were not in the list at first. */
  readonly appeared: readonly Account[];
}

/**
 * Pulls what is due of the accounts; then the account list is asked again, and what appeared in it meanwhile is pulled too.
 * The list is landed each time, so the ledger knows the accounts as they were behind the pull.
 */
export async function pullRounds(
  config: Config,
  outside: Outside,
  pulling: Pulling,
  planFor: (accounts: readonly Account[], firstTaskNumber: number) => Task[],
  { accounts, nextTaskNumber, listsAgain }: RoundsInput,
): Promise<Rounds> {
  const seen = new Set(accounts.map((account) => account.sid));
  const appeared: Account[] = [];
  let number = nextTaskNumber;
  const pullDue = async (due: readonly Account[]): Promise<ExtractInfo> => {
    const tasks = planFor(due, number);
    outside.onEvent({ kind: 'tasks_planned', tasks: tasks.length });
    const info = await pullTasks(tasks, config, outside, pulling);
    number = Math.max(number, info.lastTaskNumber + 1);
    return info;
  };
  let info = await pullDue(accounts);
  // Where nothing was pulled no time has passed either, or Twilio is out of reach.
  for (
    let round = 1;
    listsAgain && info.tasks.complete > 0 && !info.aborted && round <= newAccountRoundsMax;
    round += 1
  ) {
    const list = await listAgain(config, outside, pulling, number);
    number += 1;
    if (list.info.failures.length > 0 || list.info.aborted) info = addExtractInfo(info, list.info);
    const fresh = list.accounts.filter((account) => !seen.has(account.sid));
    if (fresh.length === 0 || info.aborted) break;
    for (const { sid } of fresh) seen.add(sid);
    appeared.push(...fresh);
    info = addExtractInfo(info, await pullDue(fresh));
  }
  return { info, appeared };
}

async function listAgain(
  config: Config,
  outside: Outside,
  pulling: Pulling,
  number: number,
): Promise<{ readonly info: ExtractInfo; readonly accounts: readonly Account[] }> {
  outside.onEvent({ kind: 'stage', stage: 'discover', detail: 'accounts that appeared meanwhile' });
  const memory = new AccountsInMemory(config.credentials.accountSid);
  const task = accountTask(number, config.credentials.accountSid);
  const info = await pullTasks([task], config, outside, { ...pulling, lander: memory.besides(pulling.lander) });
  return { info, accounts: info.tasks.complete === 1 ? memory.accounts : [] };
}
