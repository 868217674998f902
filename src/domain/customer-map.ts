import { type CsvRecord, countProblem, fieldsOf } from './csv-record.js';
import { type DatedEntry, headerProblems, inLineOrder, parseWindow, windowProblems } from './dated-csv.js';
import type { Day } from './period.js';

/** Which customer an account belongs to, from a day (inclusive) to a day (exclusive), UTC. */
export interface CustomerMapEntry {
  readonly accountSid: string;
  readonly customerId: string;
  readonly customerName: string;
  /** Undefined = always. */
  readonly validFrom: Day | undefined;
  /** Undefined = for ever. */
  readonly validTo: Day | undefined;
}

export type ParsedCustomerMap =
  | { readonly entries: readonly CustomerMapEntry[] }
  | { readonly problems: readonly string[] };

export const customerMapColumns = ['account_sid', 'customer_id', 'customer_name', 'valid_from', 'valid_to'] as const;

/** Where cost of accounts stands that map to nobody; no customer may be called so. */
export const unallocated = 'unallocated';

type Row = CustomerMapEntry & DatedEntry;

/** The customer map of customers.csv, or everything that is wrong with it, each problem with its line. */
export function parseCustomerMap(records: readonly CsvRecord[]): ParsedCustomerMap {
  const [header, ...rest] = records;
  if (header === undefined) return { problems: [`the file is empty; its first line must be ${customerMapColumns}`] };
  const problems = headerProblems(header, customerMapColumns);
  if (problems.length > 0) return { problems };
  if (rest.length === 0) return { problems: ['no account follows the header; remove the file to do without a map'] };
  const names = header.fields.map((field) => field.trim());
  const rows: Row[] = [];
  for (const record of rest) {
    const row = parseRow(names, record, problems);
    if (row !== undefined) rows.push(row);
  }
  problems.push(...nameProblems(rows), ...windowProblems(rows, accountsFollow));
  return problems.length > 0 ? { problems: inLineOrder(problems) } : { entries: withNames(rows) };
}

function parseRow(names: readonly string[], record: CsvRecord, problems: string[]): Row | undefined {
  const { line } = record;
  const before = problems.length;
  const problem = (text: string): number => problems.push(`line ${line}: ${text}`);
  if (record.fields.length !== names.length) {
    problem(countProblem(names, record));
    return undefined;
  }
  const field = fieldsOf(names, record);
  const accountSid = field('account_sid');
  // SIDs are opaque beyond their first letters: one of an unusual length is an account all the same.
  if (!/^AC[0-9A-Za-z]+$/.test(accountSid)) problem(`"${accountSid}" is no account SID, which begins with AC`);
  const customerId = field('customer_id');
  if (customerId === '') problem('customer_id is empty');
  if (customerId === unallocated)
    problem(`customer_id "${unallocated}" is taken: it holds the cost of unmapped accounts`);
  const window = parseWindow(field, problem);
  if (problems.length > before) return undefined;
  return { line, accountSid, customerId, customerName: field('customer_name'), ...window };
}

/** A customer has one name. Lines without a name take it from another line, or else the customer's id. */
function nameProblems(rows: readonly Row[]): string[] {
  const named = new Map<string, Row>();
  const problems: string[] = [];
  for (const row of rows) {
    if (row.customerName === '') continue;
    const first = named.get(row.customerId);
    if (first === undefined) named.set(row.customerId, row);
    else if (first.customerName !== row.customerName) {
      const [here, there] = [`"${row.customerName}"`, `"${first.customerName}" on line ${first.line}`];
      problems.push(`line ${row.line}: customer ${row.customerId} is called ${here}, but ${there}`);
    }
  }
  return problems;
}

function withNames(rows: readonly Row[]): CustomerMapEntry[] {
  const names = new Map(rows.filter((row) => row.customerName !== '').map((row) => [row.customerId, row.customerName]));
  return rows.map(({ line: _, ...entry }) => ({
    ...entry,
    customerName: names.get(entry.customerId) ?? entry.customerId,
  }));
}

/** An account has one customer at any time. */
const accountsFollow = {
  keyOf: ({ accountSid }: Row): string => accountSid,
  nameOf: ({ accountSid }: Row): string => `account ${accountSid}`,
  isSame: (earlier: Row, later: Row): boolean => earlier.customerId === later.customerId,
};
