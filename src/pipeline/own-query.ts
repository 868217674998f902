import { type Database, sqlName } from '../adapters/duckdb.js';
import { factsOf } from '../adapters/sql-facts.js';
import { ConfigError, QueryError } from '../domain/errors.js';
import { dayParameters, parametersOf, type Query, type QueryColumn } from '../domain/query.js';
import type { Book } from './reader.js';

/** Table functions that reach nothing. Others read files, run texts as SQL, or turn on logs. */
const harmlessFunctions = ['generate_series', 'range', 'unnest'];

/** Days for which nothing is made: only to see what a query would answer. */
const someDays = dayParameters({ start: '2008-01-01T00:00:00Z', end: '2008-01-01T00:00:00Z' });

/**
 * A query of the user's as it really is: what it reads and takes comes from the statement and not from the header.
 * @throws ConfigError where it is not one SELECT, reads what no query may, or does not have the columns of its header
 */
export async function readOwnQuery({ ledger, queries }: Book, query: Query): Promise<Query> {
  const file = query.ownFile ?? query.name;
  const facts = await factsOf(ledger, query.sql);
  if ('problem' in facts) throw new ConfigError([`${file}: ${facts.problem}`]);
  const problems = [
    ...facts.functions
      .filter((name) => !harmlessFunctions.includes(name))
      .map((name) => `${file}: ${name}() is not for reports: they read the ledger and nothing else.`),
    ...facts.parameters
      .filter((name) => !(name in someDays))
      .map((name) => `${file}: there is no parameter $${name}: reports have $start and $end, UTC days.`),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const own = {
    ...query,
    reads: facts.relations,
    parameters: facts.parameters.map((name) => ({ name, type: 'DATE', note: '' })),
  };
  const columns = await columnsOf({ ledger, queries }, own, file);
  if (query.columns.length === 0) return { ...own, columns };
  const text = (all: readonly QueryColumn[]): string => all.map(({ name, type }) => `${name} ${type}`).join(', ');
  if (text(columns) !== text(query.columns)) {
    throw new ConfigError([
      `${file}: the header says ${text(query.columns)}; the query answers ${text(columns)}. Mend one of them.`,
    ]);
  }
  return own;
}

/** What the query answers. Tables that are made for a report only are there without rows for it. */
async function columnsOf({ ledger, queries }: Book, own: Query, file: string): Promise<QueryColumn[]> {
  for (const name of own.reads) {
    const made = queries.get(name.replace(/^report_/, ''));
    if (made?.kind !== 'period' && !(name.startsWith('report_') && made?.kind === 'report')) continue;
    const columns = made.columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(', ');
    await ledger.run(name, `create or replace temp table ${name} (${columns})`);
  }
  try {
    const columns = await ledger.describe(file, own.sql, parametersOf<{ readonly day: string }>(own, someDays));
    const names = columns.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    if (twice.length > 0) throw new ConfigError([`${file}: two columns are called ${twice[0]}; rename one with "as".`]);
    return columns.map(({ name, type }) => ({ name, type, note: '' }));
  } catch (error) {
    throw error instanceof QueryError ? new ConfigError([error.message]) : error;
  }
}

/** A header's grain is a promise to those who join. @throws ConfigError where rows of a user's report share it */
export async function requireGrain(ledger: Database, { name, grain, ownFile }: Query): Promise<void> {
  if (ownFile === undefined || grain.length === 0) return;
  const columns = grain.map(sqlName).join(', ');
  const [[count = '0'] = []] = await ledger.texts(
    name,
    `select count(*) from (select 1 from report_${name} group by ${columns} having count(*) > 1)`,
  );
  if (count === '0') return;
  throw new ConfigError([
    `${ownFile}: ${count} times several rows share one ${grain.join(', ')}, which the header calls the grain. Group by it, or mend the header.`,
  ]);
}
