import { ConfigError } from './errors.js';

export const accountStatuses = ['active', 'suspended', 'closed'] as const;

/** One Twilio account as the account list shows it, less its auth token. */
export interface Account {
  readonly sid: string;
  readonly ownerSid: string;
  readonly friendlyName: string;
  /** active, suspended or closed; kept as text because Twilio may add to it. */
  readonly status: string;
}

/** The accounts chosen by --account, all of them where none is. @throws ConfigError naming those that are unknown */
export function chooseAccounts(accounts: readonly Account[], chosen: readonly string[]): Account[] {
  const missing = chosen.filter((sid) => !accounts.some((account) => account.sid === sid));
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map((sid) => `--account ${sid} is none of the ${accounts.length} accounts of the main account.`),
    );
  }
  return chosen.length === 0 ? [...accounts] : accounts.filter((account) => chosen.includes(account.sid));
}
