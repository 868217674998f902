import { type CsvRecord, countProblem, fieldsOf } from './csv-record.js';

/** An account's own credentials, for those who may not use the main account's. */
export interface OwnCredentials {
  readonly accountSid: string;
  /** The account's own SID, or one of its API keys (SK…). */
  readonly username: string;
  /** The auth token, or the key's secret. Never told. */
  readonly password: string;
  /** Where they stand, for messages: `credentials.csv, line 3`. */
  readonly origin: string;
}

export type ParsedCredentials =
  | { readonly entries: readonly OwnCredentials[] }
  | { readonly problems: readonly string[] };

const columns = ['account_sid', 'username', 'password'];

/**
 * The credentials of a file, or everything that is wrong with it, each with its line. No message quotes a field that has not
 * proved to be a SID: where columns are mixed up, any of them may hold a secret.
 */
export function parseCredentials(file: string, records: readonly CsvRecord[]): ParsedCredentials {
  const [header, ...rest] = records;
  const wanted = `must be ${columns.join()}`;
  if (header === undefined) return { problems: [`the file is empty; its first line ${wanted}`] };
  const names = header.fields.map((field) => field.trim());
  if (names.toSorted().join() !== columns.toSorted().join())
    return { problems: [`line ${header.line}: the header ${wanted}`] };
  if (rest.length === 0) return { problems: ['no account follows the header'] };
  const problems: string[] = [];
  const entries: OwnCredentials[] = [];
  const lineOf = new Map<string, number>();
  for (const record of rest) {
    const { line } = record;
    const field = fieldsOf(names, record);
    const entry = { accountSid: field('account_sid'), username: field('username'), password: field('password') };
    const own = record.fields.length === names.length ? entryProblems(entry) : [countProblem(names, record)];
    const first = lineOf.get(entry.accountSid);
    if (own.length === 0 && first !== undefined)
      own.push(`account ${entry.accountSid} stands already on line ${first}`);
    if (own.length === 0) lineOf.set(entry.accountSid, line);
    problems.push(...own.map((problem) => `line ${line}: ${problem}`));
    entries.push({ ...entry, origin: `${file}, line ${line}` });
  }
  return problems.length > 0 ? { problems } : { entries };
}

function entryProblems({ accountSid, username, password }: Omit<OwnCredentials, 'origin'>): string[] {
  const problems: string[] = [];
  const isAccount = /^AC[0-9a-fA-F]{32}$/.test(accountSid);
  if (!isAccount) problems.push('account_sid is no account SID: AC followed by 32 hexadecimal characters');
  if (username !== accountSid && !/^SK[0-9a-fA-F]{32}$/.test(username)) {
    problems.push(
      "username is neither the line's own account SID nor an API key: SK followed by 32 hexadecimal characters",
    );
  }
  if (password === '') problems.push('password is empty: the auth token, or the secret of the API key');
  else if (!/^[!-~]+$/.test(password)) problems.push('password holds characters that no auth token or secret has');
  return problems;
}
