import { type Account, chooseAccounts } from '../domain/account.js';
import type { OwnCredentials } from '../domain/credentials-file.js';
import { ConfigError, TryAgainError, TwilioRequestError } from '../domain/errors.js';
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
  /** Whether there are credentials of the main account, which show the list of all. */
  readonly listed: boolean;
  /** Accounts with credentials of their own: without a list they are all there is. */
  readonly own: readonly Pick<OwnCredentials, 'accountSid' | 'origin'>[];
  /** Empty means all. */
  readonly chosen: readonly string[];
}

export interface DiscoverInfo {
  /** Those to pull. */
  readonly accounts: readonly Account[];
  /** The number that the next task of the run may have. */
  readonly nextTaskNumber: number;
  /** Accounts that would not show themselves; they are pulled all the same, so that the books say what is missing. */
  readonly failures: readonly TaskFailure[];
  readonly warnings: readonly string[];
}

export const accountTask = (number: number, accountSid: string): Task => ({
  number,
  accountSid,
  resource: 'accounts',
  window: undefined,
  reason: 'every run',
});

/**
 * Which accounts there are to pull. @throws TryAgainError, TwilioRequestError or ConfigError where there are none to be
 * found out: without them there is nothing to do
 */
export const discover = (ports: DiscoverPorts, input: DiscoverInput): Promise<DiscoverInfo> =>
  input.listed ? discoverList(ports, input) : discoverOwn(ports, input);

/**
 * The account list. Whether it holds the main account itself is not settled; it has traffic of its own, so it is asked for
 * where it is missing.
 */
async function discoverList(ports: DiscoverPorts, { mainAccount, own, chosen }: DiscoverInput): Promise<DiscoverInfo> {
  const pull = async (number: number, open: 'openList' | 'openAccount'): Promise<readonly Account[]> => {
    const { accounts, failures } = await ports.pull([accountTask(number, mainAccount)], open);
    const [failure] = failures;
    if (failure === undefined) return accounts;
    const message = `The account list could not be pulled: ${failure.error.message}`;
    throw failure.error.transient ? new TryAgainError(message) : new TwilioRequestError(message, { ...failure.error });
  };
  let accounts = await pull(1, 'openList');
  if (!accounts.some((account) => account.sid === mainAccount)) accounts = await pull(2, 'openAccount');
  const unknown = own.filter(({ accountSid }) => !accounts.some((account) => account.sid === accountSid));
  return {
    accounts: chooseAccounts(accounts, chosen, 'the main account'),
    nextTaskNumber: 3,
    failures: [],
    warnings: unknown.map(
      ({ accountSid, origin }) =>
        `${origin}: ${accountSid} is no account of ${mainAccount}; its credentials are not used.`,
    ),
  };
}

/** Each account by itself, with its own credentials. Whose it is has been checked when it came. */
async function discoverOwn(ports: DiscoverPorts, { mainAccount, own, chosen }: DiscoverInput): Promise<DiscoverInfo> {
  const unseen = own.map(({ accountSid: sid }) => ({
    sid,
    ownerSid: mainAccount,
    friendlyName: '',
    status: 'unknown',
  }));
  const wanted = chooseAccounts(unseen, chosen, 'the credentials file');
  const tasks = wanted.map(({ sid }, index) => accountTask(index + 1, sid));
  const { accounts, failures } = await ports.pull(tasks, 'openAccount');
  if (failures.length === tasks.length) throw noneAnswered(failures);
  return {
    accounts: wanted.map((account) => accounts.find((seen) => seen.sid === account.sid) ?? account),
    nextTaskNumber: tasks.length + 1,
    failures,
    warnings: [],
  };
}

export function noneAnswered(failures: readonly TaskFailure[]): TryAgainError | ConfigError {
  const passing = failures.find((failure) => failure.error.transient);
  return passing === undefined
    ? new ConfigError(failures.map((failure) => failure.error.message))
    : new TryAgainError(`No account could be reached: ${passing.error.message}`);
}
