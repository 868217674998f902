import { type Database, sqlName } from '../adapters/duckdb.js';
import { factsOf, type SqlFacts, statementOf } from '../adapters/sql-facts.js';
import { ConfigError, QueryError } from '../domain/errors.js';
import { dayParameters, parametersOf, type Query, type QueryColumn, reportsOf } from '../domain/query.js';
import type { Book } from './reader.js';

/** Table functions that reach nothing. Others read files, run texts as SQL, or turn on logs. */
const harmlessFunctions = ['generate_series', 'range', 'unnest'];

/** Columns that filters, totals, sheets and `--group-by` know by name. To SQL `Currency` is the same name, to those it would be none. */
const namesKnown = ['account_sid', 'charged_at', 'currency', 'customer_id', 'day', 'month', 'rank'];

/** Scalar functions that tell what is no part of the ledger. */
const settingFunctions = ['current_setting', 'getvariable'];

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
  const problems = await problemsOf({ ledger, queries }, facts);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${file}: ${problem}`));
  const own = {
    ...query,
    sql: await statementOf(ledger, query.sql),
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

async function problemsOf({ ledger, queries }: Book, facts: SqlFacts): Promise<string[]> {
  if (facts.shows) return ['DESCRIBE, SHOW and SUMMARIZE are no SELECT: docs/data-dictionary.md has every column.'];
  const known = await relationsOf(ledger, queries);
  return [
    ...facts.functions
      .filter((name) => !harmlessFunctions.includes(name))
      .map((name) => `${name}() is not for reports: they read the ledger and nothing else.`),
    ...facts.scalars
      .filter((name) => settingFunctions.includes(name))
      .map((name) => `${name}() is not for reports: they read the ledger and no setting.`),
    ...facts.qualified.map((name) => `${name}: leave out what stands before the name. Filters are about plain names.`),
    ...facts.relations
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `there is no table ${name} in the ledger.${known.has(`report_${name}`) ? ` There is report_${name}.` : ''}`,
      ),
    ...facts.commonTables
      .filter((name) => known.has(name))
      .map((name) => `the CTE ${name} hides a table of the ledger: rename it.`),
    ...facts.parameters
      .filter((name) => !(name in someDays))
      .map((name) => `there is no parameter $${name}: reports have $start and $end, UTC days.`),
  ];
}

/** Names that a query of the user's may read: tables and views, those that are made for a report only, and our reports. */
async function relationsOf(ledger: Database, queries: Book['queries']): Promise<ReadonlySet<string>> {
  const there = await ledger.texts(
    'relations',
    'select table_name from duckdb_tables() union select view_name from duckdb_views() where not internal',
  );
  const made = [...queries.values()].flatMap(({ name, kind, ownFile }) => {
    if (kind === 'period') return [name];
    return kind === 'report' && ownFile === undefined ? [`report_${name}`] : [];
  });
  const own = new Set(
    reportsOf(queries).flatMap(({ name, ownFile }) => (ownFile === undefined ? [] : [`report_${name}`])),
  );
  return new Set([...there.map(([name]) => name ?? ''), ...made].filter((name) => !own.has(name)));
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
    // SQL takes A and a for one name.
    const names = columns.map(({ name }) => name.toLowerCase());
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    if (twice.length > 0) throw new ConfigError([`${file}: two columns are called ${twice[0]}; rename one with "as".`]);
    const capital = columns.find(({ name }) => name !== name.toLowerCase() && namesKnown.includes(name.toLowerCase()));
    if (capital !== undefined) {
      const lower = capital.name.toLowerCase();
      throw new ConfigError([
        `${file}: filters, totals and --group-by know the column ${capital.name} as ${lower}: write it so, in lower case.`,
      ]);
    }
    return columns.map(({ name, type }) => ({ name, type, note: '' }));
  } catch (error) {
    throw inOwnFile(error, file);
  }
}

/** What the database says of a query of the user's is about the user's file, and no error of ours. */
export const inOwnFile = (error: unknown, file: string): unknown =>
  error instanceof QueryError
    ? new ConfigError([`${file}: ${error.message.slice(error.file.length + ': '.length)}`])
    : error;

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
