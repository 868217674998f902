import { ConfigError } from './errors.js';
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
