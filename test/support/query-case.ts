import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvText } from '../../src/adapters/csv.js';
import { Database, type SqlParameter, sqlName, sqlText } from '../../src/adapters/duckdb.js';
import { customerMapColumns } from '../../src/domain/customer-map.js';
import type { Query, QueryColumn } from '../../src/domain/query.js';

/** Everything a case may read: the queries by name and the seed files by table. */
export interface QueryHouse {
  readonly queries: ReadonlyMap<string, Query>;
  readonly seeds: ReadonlyMap<string, string>;
}

const column = (name: string, type: string): QueryColumn => ({ name, type, note: '' });

/** Tables that no query makes: the loader fills them. */
const otherTables: ReadonlyMap<string, readonly QueryColumn[]> = new Map([
  ['customer_map', customerMapColumns.map((name) => column(name, name.startsWith('valid_') ? 'DATE' : 'VARCHAR'))],
  ['tolerances', [column('currency', 'VARCHAR'), column('amount', 'DECIMAL(38,8)')]],
  [
    'invoice_amounts',
    [
      column('month', 'DATE'),
      column('currency', 'VARCHAR'),
      column('category', 'VARCHAR'),
      column('amount', 'DECIMAL(38,8)'),
      column('rounding', 'DECIMAL(38,8)'),
    ],
  ],
  ['journal_accounts', [column('role', 'VARCHAR'), column('account', 'VARCHAR')]],
  [
    'rates',
    [
      column('line', 'BIGINT'),
      column('customer_id', 'VARCHAR'),
      column('service', 'VARCHAR'),
      column('direction', 'VARCHAR'),
      column('country_prefix', 'VARCHAR'),
      column('currency', 'VARCHAR'),
      column('markup_percent', 'DECIMAL(10,4)'),
      column('price_per_unit', 'DECIMAL(18,8)'),
      column('valid_from', 'DATE'),
      column('valid_to', 'DATE'),
    ],
  ],
  [
    'received_pages',
    [
      column('page_key', 'UTINYINT'),
      column('run_number', 'INTEGER'),
      column('task_number', 'INTEGER'),
      column('page_number', 'INTEGER'),
      column('observed_at', 'TIMESTAMP'),
      column('account_sid', 'VARCHAR'),
      column('undated', 'BOOLEAN'),
      column('include_subaccounts', 'BOOLEAN'),
      column('window_start', 'TIMESTAMP'),
      column('window_end', 'TIMESTAMP'),
      column('newest', 'TIMESTAMP'),
      column('oldest', 'TIMESTAMP'),
      column('rows_text', 'VARCHAR'),
    ],
  ],
  [
    'landed_controls',
    [
      column('landing_sequence', 'BIGINT'),
      column('run_number', 'INTEGER'),
      column('resource', 'VARCHAR'),
      column('currency', 'VARCHAR'),
      column('row_count', 'BIGINT'),
      column('priced_count', 'BIGINT'),
      column('price_sum', 'DECIMAL(38,8)'),
    ],
  ],
  ['landing_batch', [column('price', 'VARCHAR'), column('price_unit', 'VARCHAR'), column('is_whole', 'BOOLEAN')]],
]);

export const openCaseDatabase = (): Promise<Database> =>
  Database.open(':memory:', { memoryMb: 512, temporaryFolder: '', threads: 1 });

/** Columns of a relation that a query may read: of another query, of a report's result, or of a table of the loader. */
export function columnsOfRelation(house: QueryHouse, name: string): readonly QueryColumn[] | undefined {
  const report = name.startsWith('report_') ? house.queries.get(name.slice('report_'.length)) : undefined;
  return report?.columns ?? house.queries.get(name)?.columns ?? otherTables.get(name);
}

/**
 * Makes what the query reads. A CSV of the case folder becomes a table; else a seed is taken as it is shipped, a view is
 * made from its own query (and what that reads), and so is, in a case, a table of the period; any other relation is an empty
 * table.
 */
export async function makeInputs(
  database: Database,
  house: QueryHouse,
  query: Query,
  folder: string | undefined,
): Promise<void> {
  for (const macro of house.queries.values()) {
    if (macro.layer !== 'macros') continue;
    const parameters = macro.parameters.map(({ name }) => name).join(', ');
    await database.run(macro.name, `create or replace macro ${macro.name}(${parameters}) as (\n${macro.sql}\n)`);
  }
  const made = new Set<string>();
  const make = async (name: string): Promise<void> => {
    if (made.has(name)) return;
    made.add(name);
    const file = folder === undefined ? '' : join(folder, `${name}.csv`);
    const seed = house.seeds.get(name);
    const view = house.queries.get(name);
    if (existsSync(file)) {
      await makeTable(database, house, name, seed);
      await database.run(
        file,
        `insert into ${sqlName(name)} by name select * from read_csv(${sqlText(file)},
           header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, null_padding = false,
           delim = ',', quote = '"', escape = '"')`,
      );
    } else if (seed !== undefined) {
      await database.run(name, `create table ${sqlName(name)} as select * from ${seedRows(seed)}`);
    } else if (view?.kind === 'view' || view?.kind === 'lookup') {
      for (const read of view.reads) await make(read);
      await database.run(name, `create view ${name} as\n${view.sql}`);
    } else if ((view?.kind === 'period' || view?.kind === 'daily') && folder !== undefined) {
      for (const read of view.reads) await make(read);
      const days = view.kind === 'daily' ? everyDay : parametersOf(view, folder);
      await database.run(name, `create table ${name} as\n${view.sql}`, days);
    } else {
      await makeTable(database, house, name, seed);
    }
  };
  for (const read of query.reads) await make(read);
}

/** The ledger keeps the tables of queries/daily/ for all days, whatever days a case asks for. */
export const everyDay = { start: { day: '2008-01-01' }, end: { day: '2107-12-31' } };

const seedRows = (path: string): string => `read_csv(${sqlText(path)}, header = true, all_varchar = true)`;

async function makeTable(database: Database, house: QueryHouse, name: string, seed?: string): Promise<void> {
  const columns = columnsOfRelation(house, name);
  if (columns !== undefined) {
    const list = columns.map((each) => `${sqlName(each.name)} ${each.type}`).join(', ');
    await database.run(name, `create table ${sqlName(name)} (${list})`);
  } else if (seed !== undefined) {
    await database.run(name, `create table ${sqlName(name)} as select * from ${seedRows(seed)} limit 0`);
  } else {
    throw new Error(`no query, seed or table is called ${name}; mend the header's \`reads\` or the name of the CSV`);
  }
}

/** The parameters of a case, of the types that the header gives; days of October 2026 where the case gives none. */
export function parametersOf(query: Query, folder: string | undefined): Record<string, SqlParameter> {
  const path = folder === undefined ? '' : join(folder, 'parameters.json');
  const given: Record<string, string> = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const values: Record<string, SqlParameter> = {};
  for (const { name, type } of query.parameters) {
    const text = given[name] ?? { start: '2026-10-01', end: '2026-11-01' }[name] ?? '1';
    values[name] = type === 'DATE' ? { day: text } : type === 'BIGINT' ? BigInt(text) : text;
  }
  return values;
}

export interface CaseResult {
  /** As expected.csv: null is empty, the empty text is `""`; sorted where the query promises no order. */
  readonly text: string;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Runs the query over the inputs of a case folder, or over empty tables. */
export async function runCase(house: QueryHouse, query: Query, folder?: string): Promise<CaseResult> {
  const database = await openCaseDatabase();
  try {
    await makeInputs(database, house, query, folder);
    const parameters = parametersOf(query, folder);
    for (const [name, value] of Object.entries(parameters)) {
      if (query.sql.includes(`$${name}`)) continue;
      await database.run(name, `set variable ${name} = ${sqlText(String(value))}`);
      delete parameters[name];
    }
    const columns = await database.describe(query.name, query.sql, parameters);
    const rows = await database.texts(query.name, query.sql, parameters);
    return { text: caseText(columns, rows, query.order.length > 0), rows, columns };
  } finally {
    database.close();
  }
}

/** No column counts as text here, so that no formula escape stands between the result and what the case expects. */
function caseText(
  columns: CaseResult['columns'],
  rows: readonly (readonly (string | null)[])[],
  ordered: boolean,
): string {
  const plain = columns.map(({ name }) => ({ name, type: '' }));
  const header = csvText(plain, []);
  const lines = rows.map((row) => csvText(plain, [row]).slice(header.length));
  return header + (ordered ? lines : lines.sort()).join('');
}

/** Case folders below test/queries, as `<query>/<case>`. */
export function caseFolders(root: string): { query: string; name: string; folder: string }[] {
  const folders = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  return folders(root).flatMap((query) =>
    folders(join(root, query)).map((name) => ({ query, name, folder: join(root, query, name) })),
  );
}
