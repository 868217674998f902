import { ConfigError } from '../domain/errors.js';
import { everyJournalAccount, type JournalAccount, parseJournalAccounts } from '../domain/journal-accounts.js';
import { readCsvFile } from './csv.js';
import type { Database } from './duckdb.js';

/** journal_accounts.csv → its accounts. @throws ConfigError with every problem, each with the file and the line */
export async function readJournalAccounts(path: string): Promise<readonly JournalAccount[]> {
  const { records, problems: csvProblems } = await readCsvFile(path);
  const problems = [...csvProblems];
  const accounts = problems.length > 0 ? [] : parseJournalAccounts(records, problems);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path}: ${problem}`));
  return accounts;
}

/** Gives the accounts to the ledger's queries, one for each role. */
export async function fillJournalAccounts(ledger: Database, accounts: readonly JournalAccount[]): Promise<void> {
  await ledger.run('journal_accounts', 'truncate journal_accounts');
  await ledger.append(
    'journal_accounts',
    everyJournalAccount(accounts).map(({ role, account }) => [role, account]),
  );
}
