import type { OwnCredentials } from '../domain/credentials-file.js';
import { invariant } from '../domain/errors.js';
import { createTwilio, type TwilioClient, type TwilioOptions } from './twilio.js';

export interface TwilioAccountsOptions extends Omit<TwilioOptions, 'username' | 'password' | 'origin'> {
  /** The main account's; undefined where only accounts with credentials of their own are asked. */
  readonly main: Pick<TwilioOptions, 'username' | 'password'> | undefined;
  readonly own: readonly OwnCredentials[];
}

/** Asks each account with its own credentials where it has some, everything else with the main account's. */
export function createTwilioAccounts({ main, own, ...options }: TwilioAccountsOptions): TwilioClient {
  const mainClient = main === undefined ? undefined : createTwilio({ ...options, ...main });
  const ownClients = new Map(
    own.map((entry) => [entry.accountSid, createTwilio({ ...options, ...entry, accountSid: entry.accountSid })]),
  );
  const clientOf = (accountSid: string): TwilioClient => {
    const client = ownClients.get(accountSid) ?? mainClient;
    invariant(client !== undefined, 'an account without credentials is never asked');
    return client;
  };
  return {
    openList(task, signal) {
      // The list of all accounts is the main account's to show.
      const client = task.resource === 'accounts' ? mainClient : clientOf(task.accountSid);
      invariant(client !== undefined, 'without main credentials there is no account list');
      return client.openList(task, signal);
    },
    openAccount(task, signal) {
      // Asked to try the main credentials, too: where there are some, these are the ones.
      const isMain = task.accountSid === options.accountSid && mainClient !== undefined;
      return (isMain ? mainClient : clientOf(task.accountSid)).openAccount(task, signal);
    },
  };
}
