import type { Account } from '../domain/account.js';
import { TryAgainError, TwilioRequestError } from '../domain/errors.js';
import type { TaskFailure } from '../domain/extraction.js';
import type { Task } from '../domain/task.js';

export interface DiscoverPorts {
  /** Pulls the account list, or each account by itself, and answers every account that this run has seen so far. */
  pull(
    tasks: readonly Task[],
    open: 'openList' | 'openAccount',
  ): Promise<{ readonly accounts: readonly Account[]; readonly failures: readonly TaskFailure[] }>;
}

export interface DiscoverInput {
  readonly mainAccount: string;
}

export interface DiscoverInfo {
  readonly accounts: readonly Account[];
  /** The number that the next task of the run may have. */
  readonly nextTaskNumber: number;
}

export const accountTask = (number: number, accountSid: string): Task => ({
  number,
  accountSid,
  resource: 'accounts',
  window: undefined,
  reason: 'every run',
});

/**
 * The account list. Whether it holds the main account itself is not settled; it has traffic of its own, so it is asked for
 * where it is missing. @throws TryAgainError, TwilioRequestError where there is no list: without it there is nothing to do
 */
export async function discover(ports: DiscoverPorts, { mainAccount }: DiscoverInput): Promise<DiscoverInfo> {
  const pull = async (number: number, open: 'openList' | 'openAccount'): Promise<readonly Account[]> => {
    const { accounts, failures } = await ports.pull([accountTask(number, mainAccount)], open);
    const [failure] = failures;
    if (failure === undefined) return accounts;
    const message = `The account list could not be pulled: ${failure.error.message}`;
    throw failure.error.transient ? new TryAgainError(message) : new TwilioRequestError(message, { ...failure.error });
  };
  let accounts = await pull(1, 'openList');
  if (!accounts.some((account) => account.sid === mainAccount)) accounts = await pull(2, 'openAccount');
  return { accounts, nextTaskNumber: 3 };
}
