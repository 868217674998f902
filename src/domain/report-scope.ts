import { ConfigError } from './errors.js';
import type { Query } from './query.js';
import type { Filters } from './report-request.js';

/** Tables of the reader's session that hold what was asked for. `scope_days` has the accounts and days on which they are in scope. */
export const scopeTables = {
  asked_customers: 'customer_id varchar',
  asked_accounts: 'account_sid varchar',
  asked_currencies: 'currency varchar',
} as const;

/**
 * Accounts and days in scope: those of the customers, as far as they are among the accounts. Accounts that Twilio does not list belong to
 * nobody, as in the reports.
 */
export const createScopeDays = `create or replace temp table scope_days as
with known as (
  select account_sid, customer_id, valid_from, valid_to from account_customers
  union all
  select u.account_sid, 'unallocated', date '0001-01-01', date '9999-12-31'
  from (select account_sid from known_days union select account_sid from charge_days) as u
  -- 1:n; only those without a customer are kept
  left join account_customers as c on c.account_sid = u.account_sid
  where c.account_sid is null
)
select account_sid, customer_id, valid_from, valid_to
from known
where (customer_id in (select customer_id from asked_customers) or not exists (select 1 from asked_customers))
  and (account_sid in (select account_sid from asked_accounts) or not exists (select 1 from asked_accounts))`;

const inScopeOn = (day: string): string =>
  `exists (select 1 from scope_days as s
   where s.account_sid = t.account_sid and s.valid_from <= ${day} and s.valid_to > ${day})`;

const everInScope = (sid: string): string => `t.${sid} in (select account_sid from scope_days)`;

/** What a report is of as a whole: what one account's days come to is told from all of them, or is no account's. */
const indivisible = new Set(['consolidated_usage_records', 'file_control_totals', 'comparable_charges']);

const storedKinds = new Set(['merge', 'append', 'daily']);

const dayOfRow = ({ columns }: Pick<Query, 'columns'>): string | undefined => {
  const has = (column: string, type: string): boolean =>
    columns.some(({ name, type: its }) => name === column && its === type);
  if (has('day', 'DATE')) return 't."day"';
  return has('charged_at', 'TIMESTAMP') ? 'cast(t."charged_at" as date)' : undefined;
};

/** About the accounts and days in scope, in a relation `t` with `account_sid` and `day`; empty = all of them. */
export const scopeCondition = ({ customers, accounts }: Filters): string =>
  customers.length + accounts.length === 0 ? '' : inScopeOn('t."day"');

/** Rows of a stored table that are in scope; undefined = all of them, the table knows no accounts. */
function partOf(query: Query): string | undefined {
  if (query.name === 'accounts') return everInScope('sid');
  // What runs did, and when, is told by the tasks of all.
  if (query.name === 'tasks') return undefined;
  if (!query.columns.some(({ name }) => name === 'account_sid')) return undefined;
  const day = dayOfRow(query);
  // A row without a day cannot be given to one of several owners: all of them have it.
  return day === undefined
    ? everInScope('account_sid')
    : `(${inScopeOn(day)} or (${day} is null and ${everInScope('account_sid')}))`;
}

/**
 * Views that hide the ledger's tables behind the part of them that is in scope: a report made of those is that of a ledger which holds
 * nothing else. `catalog`: the database's name, as an SQL identifier.
 */
export function divideLedger(queries: ReadonlyMap<string, Query>, catalog: string): ReadonlyMap<string, string> {
  const views = new Map<string, string>();
  for (const query of queries.values()) {
    const part = storedKinds.has(query.kind) ? partOf(query) : undefined;
    if (part === undefined) continue;
    const from = `${catalog}.main.${query.name} as t`;
    views.set(query.name, `create or replace temp view ${query.name} as select t.* from ${from} where ${part}`);
  }
  return views;
}

/** Everything that the names stand for, views followed to the tables. */
export function readsOf(names: readonly string[], queries: ReadonlyMap<string, Query>): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    const query = queries.get(name.replace(/^report_/, ''));
    if (query?.kind === 'view' || query?.kind === 'period' || name.startsWith('report_')) query?.reads.forEach(add);
  };
  names.forEach(add);
  return all;
}

export interface FilterPlan {
  /** Behind `where`, about the report's own columns in a relation `t`; empty = all rows. */
  readonly condition: string;
  /** The rows do not tell whose they are: the report is made of the part of the ledger that is in scope. */
  readonly divided: boolean;
}

/**
 * How a report's rows come down to what was asked for: by its own columns where it has them, so that the rows are those of the whole
 * report; else by dividing the ledger. @throws ConfigError where neither can be done
 */
export function planFilters(query: Query, filters: Filters, queries: ReadonlyMap<string, Query>): FilterPlan {
  const has = (column: string): boolean => query.columns.some(({ name }) => name === column);
  const conditions: string[] = [];
  const problems: string[] = [];
  let divided = false;
  const day = dayOfRow(query);
  // Behind the last rank stand all others together: a row that is nobody's.
  const ranked = has('rank');
  if (filters.customers.length > 0) {
    if (has('customer_id') && !ranked) conditions.push('t."customer_id" in (select customer_id from asked_customers)');
    else if (has('account_sid') && day !== undefined && !ranked) conditions.push(inScopeOn(day));
    else divided = true;
  }
  if (filters.accounts.length > 0) {
    if (has('account_sid') && !ranked) conditions.push('t."account_sid" in (select account_sid from asked_accounts)');
    else divided = true;
  }
  if (filters.currencies.length > 0) {
    if (has('currency')) conditions.push('t."currency" in (select currency from asked_currencies)');
    else problems.push(`${query.name} has no column currency: leave out --currency.`);
  }
  if (divided && isWhole(query, queries)) {
    const columns = ['account_sid', 'customer_id'].filter(has).join(' and ');
    problems.push(
      `${query.name} cannot be divided by ${filters.accounts.length > 0 ? 'account' : 'customer'}: ` +
        `it has ${columns === '' ? 'neither account_sid nor customer_id' : `only ${columns}`}, and is told from all accounts together.`,
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { condition: conditions.join(' and '), divided };
}

const isWhole = (query: Query, queries: ReadonlyMap<string, Query>): boolean =>
  (query.ownFile !== undefined && query.reads.includes('tasks')) ||
  [...readsOf(query.reads, queries)].some((name) => indivisible.has(name) || queries.get(name)?.kind === 'period');
