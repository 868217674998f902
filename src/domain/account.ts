import { ConfigError } from './errors.js';
import { namedAccountsMax } from './limits.js';
import { type Instant, instantOf } from './period.js';

export const accountStatuses = ['active', 'suspended', 'closed'] as const;

/** One Twilio account as the account list shows it, less its auth token. */
export interface Account {
  readonly sid: string;
  readonly ownerSid: string;
  readonly friendlyName: string;
  /** active, suspended or closed; kept as text because Twilio may add to it. */
  readonly status: string;
  /** Twilio's date_updated: when it was closed, for one that is; later where somebody renamed it since. */
  readonly updatedAt?: Instant | undefined;
}

/**
 * The accounts of a page, for reading only: everything else in it, auth tokens first, is let go. Undefined where it is not JSON.
 */
export function parseAccounts(rows: Buffer): Account[] | undefined {
  try {
    const parsed = JSON.parse(rows.toString('utf8')) as Record<string, unknown>[];
    return parsed.map((row) => {
      const text = (name: string): string => (typeof row[name] === 'string' ? row[name] : '');
      const updatedMs = Date.parse(text('date_updated'));
      return {
        sid: text('sid'),
        ownerSid: text('owner_account_sid'),
        friendlyName: text('friendly_name'),
        status: text('status'),
        updatedAt: Number.isNaN(updatedMs) ? undefined : instantOf(new Date(updatedMs)),
      };
    });
  } catch {
    return undefined;
  }
}

/** 0 is the most urgent: what is closed may be deleted soon, and what is suspended may be closed next. */
export function urgencyOf({ status }: Pick<Account, 'status'>): number {
  return status === 'closed' ? 0 : status === 'suspended' ? 1 : 2;
}

/** Most urgent first; within the same urgency the order stays. */
export const mostUrgentFirst = (accounts: readonly Account[]): Account[] =>
  accounts.toSorted((a, b) => urgencyOf(a) - urgencyOf(b));

/** The accounts chosen by --account, all of them where none is. @throws ConfigError naming those that are unknown */
export function chooseAccounts(accounts: readonly Account[], chosen: readonly string[], whose: string): Account[] {
  const missing = chosen.filter((sid) => !accounts.some((account) => account.sid === sid));
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map((sid) => `--account ${sid} is none of the ${accounts.length} accounts of ${whose}.`),
    );
  }
  return chosen.length === 0 ? [...accounts] : accounts.filter((account) => chosen.includes(account.sid));
}

/** For people: accounts that were not in the list when the run began. */
export function appearedMessage(accounts: readonly Account[]): string {
  const named = accounts.slice(0, namedAccountsMax).map((account) => account.sid);
  const left = accounts.length - named.length;
  const list = left === 0 ? named.join(', ') : `${named.join(', ')} and ${left} more`;
  return `${accounts.length} accounts appeared during the run and are pulled too: ${list}.`;
}
