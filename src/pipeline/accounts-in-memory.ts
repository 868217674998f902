import { type Account, parseAccounts } from '../domain/account.js';
import { ConfigError } from '../domain/errors.js';
import type { PageVerdict, ReceivedPage, Task } from '../domain/task.js';
import type { Pulling } from './pulling.js';

/** Pages of the account list as they come: accounts are few, and nothing of them but these values is kept. */
export class AccountsInMemory {
  private readonly pages = new Map<number, Account[]>();

  constructor(private readonly mainAccount: string) {}

  /** Each once, in order of SID as the ledger gives them. */
  get accounts(): Account[] {
    const bySid = new Map([...this.pages.values()].flat().map((account) => [account.sid, account]));
    return [...bySid.values()].sort((a, b) => (a.sid < b.sid ? -1 : 1));
  }

  /** @throws ConfigError where an account is another main account's: nothing of it may get into these books */
  readonly accept = async ({ task, rows }: Pick<ReceivedPage, 'task' | 'rows'>): Promise<PageVerdict> => {
    const accounts = parseAccounts(rows.json);
    if (accounts === undefined) return { kind: 'malformed', detail: 'its rows are not well-formed JSON' };
    const stranger = accounts.find(({ sid, ownerSid }) => sid !== this.mainAccount && ownerSid !== this.mainAccount);
    if (stranger !== undefined) {
      throw new ConfigError([
        `The account ${stranger.sid} belongs to the main account ${stranger.ownerSid}, not to ${this.mainAccount}: set ` +
          'TWILIO_ACCOUNT_SID to its main account, or take it out of the credentials file.',
      ]);
    }
    this.pages.set(task.number, [...(this.pages.get(task.number) ?? []), ...accounts]);
    return { kind: 'accepted', inOrder: true, rows: accounts.length, warnings: [] };
  };

  readonly restart = ({ number }: Task): void => void this.pages.delete(number);

  /** The same pages go to the landing too, which has the last word on each. */
  besides(lander: Pulling['lander']): Pulling['lander'] {
    return {
      accept: async (page) => {
        const verdict = await this.accept(page);
        return verdict.kind === 'accepted' ? lander.accept(page) : verdict;
      },
      restart: (task) => {
        this.restart(task);
        lander.restart(task);
      },
    };
  }
}
