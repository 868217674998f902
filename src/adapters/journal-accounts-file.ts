import { everyJournalAccount, type JournalAccount, parseJournalAccounts } from '../domain/journal-accounts.js';
import { readRows } from './csv.js';
import type { Database } from './duckdb.js';
import { fillInput } from './ledger.js';

/** journal_accounts.csv → its accounts. @throws ConfigError with every problem, each with the file and the line */
export const readJournalAccounts = (path: string): Promise<readonly JournalAccount[]> =>
  readRows(path, parseJournalAccounts);

/** Gives the accounts to the ledger's queries, one for each role. */
export const fillJournalAccounts = (ledger: Database, accounts: readonly JournalAccount[]): Promise<void> =>
  fillInput(
    ledger,
    'journal_accounts',
    everyJournalAccount(accounts).map(({ role, account }) => [role, account]),
  );
