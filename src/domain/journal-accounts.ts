import { type CsvRecord, countProblem, fieldsOf } from './csv-record.js';

/** What a line of the journal is of. The first three are costs, the last is what is owed for them. */
export const journalRoles = ['calls', 'messages', 'other', 'liability'] as const;
export type JournalRole = (typeof journalRoles)[number];

/** The account of the general ledger that lines of a role are booked on. */
export interface JournalAccount {
  readonly role: JournalRole;
  /** As the accounting system calls it: a name, a number or a code. */
  readonly account: string;
}

/** What roles are called that nobody named an account for. */
const defaultAccounts: Readonly<Record<JournalRole, string>> = {
  calls: 'Cost of calls',
  messages: 'Cost of messages',
  other: 'Other Twilio cost',
  liability: 'Accrued liability to Twilio',
};

/** One account for each role: the named one, else the default. */
export const everyJournalAccount = (named: readonly JournalAccount[]): JournalAccount[] =>
  journalRoles.map((role) => ({
    role,
    account: named.find((one) => one.role === role)?.account ?? defaultAccounts[role],
  }));

export const journalAccountColumns = ['role', 'account'] as const;

/**
 * The accounts of journal_accounts.csv, in the order of the file; what is wrong goes to `problems`, each with its line. A role that the
 * file does not name keeps its default. Two costs may share an account; the liability shares none, or the entry would book onto itself.
 */
export function parseJournalAccounts(records: readonly CsvRecord[], problems: string[]): JournalAccount[] {
  const [header, ...rest] = records;
  const names = header?.fields.map((name) => name.trim()) ?? [];
  if (journalAccountColumns.some((name) => !names.includes(name)) || names.length !== journalAccountColumns.length) {
    problems.push(`line ${header?.line ?? 1}: the columns must be ${journalAccountColumns.join(',')}`);
    return [];
  }
  if (rest.length === 0) problems.push('no account follows the header; remove the file to keep the default names');
  const accounts: (JournalAccount & { readonly line: number })[] = [];
  for (const record of rest) {
    const { line } = record;
    const field = fieldsOf(names, record);
    const before = problems.length;
    const problem = (text: string): number => problems.push(`line ${line}: ${text}`);
    if (record.fields.length !== names.length) problem(countProblem(names, record));
    const role = journalRoles.find((known) => known === field('role').toLowerCase());
    const account = field('account');
    if (role === undefined) problem(`role "${field('role')}" is none of ${journalRoles.join(', ')}`);
    if (account === '') problem('account is empty');
    if (role === undefined || problems.length > before) continue;
    const twin = accounts.find((other) => other.role === role);
    if (twin !== undefined) problem(`role ${role} stands already on line ${twin.line}`);
    else accounts.push({ line, role, account });
  }
  problems.push(...onOneAccount(accounts));
  return accounts.map(({ role, account }) => ({ role, account }));
}

function onOneAccount(named: readonly (JournalAccount & { readonly line: number })[]): string[] {
  const all = everyJournalAccount(named);
  const liability = all.find(({ role }) => role === 'liability')?.account;
  const lineOf = (role: JournalRole): number | undefined => named.find((one) => one.role === role)?.line;
  return all
    .filter(({ role, account }) => role !== 'liability' && account === liability)
    .map(({ role, account }) => {
      const line = lineOf(role) ?? lineOf('liability');
      return `line ${line}: ${role} and the liability would both be booked on "${account}"; name two accounts`;
    });
}
