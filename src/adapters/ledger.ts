import { join } from 'node:path';
import { ledgerMemoryMb } from '../domain/limits.js';
import { inReadingOrder, type Query } from '../domain/query.js';
import { Database, sqlName, sqlText } from './duckdb.js';
import { exists, makeFolder, readText, removePath, sha256Of } from './files.js';

/** The database's file in the data folder. It can be deleted: landing and manifest make it anew. */
export const ledgerFile = 'subledger.duckdb';

const storedKinds = new Set(['merge', 'append', 'daily']);
const sessionKinds = new Set(['staged']);

/**
 * Opens the ledger and makes its tables and views from the queries' headers. DuckDB's lock on the file is the one lock of
 * the data folder: the kernel drops it with the process, so that none is ever stale. A ledger made by other queries than
 * today's is dropped: loading starts from the first line of the manifest again.
 * @throws LockedError naming the holder; StorageError where the file is damaged
 */
export async function openLedger(
  dataFolder: string,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Database> {
  await makeFolder(dataFolder);
  const path = join(dataFolder, ledgerFile);
  const fingerprint = await fingerprintOf(queries, seeds);
  const database = await openFile(dataFolder, path);
  if (await isMadeBy(database, fingerprint)) return prepare(database, queries, seeds);
  database.close();
  await removePath(path);
  await removePath(`${path}.wal`);
  const fresh = await openFile(dataFolder, path);
  await fresh.run('ledger_version', 'create table ledger_version (fingerprint varchar)');
  await fresh.run('ledger_version', `insert into ledger_version values (${sqlText(fingerprint)})`);
  return prepare(fresh, queries, seeds);
}

/**
 * The ledger as it stands, for reading only: not one byte on disk changes. Undefined where there is none, or where other
 * queries than today's made it, so that a run would make it anew. @throws LockedError, StorageError
 */
export async function readLedger(
  dataFolder: string,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Database | undefined> {
  const path = join(dataFolder, ledgerFile);
  return (await exists(path)) ? openForReading(path, queries, seeds, '') : undefined;
}

/** The same of a file that is a ledger, or a copy of one. `temporaryFolder`: where to write what memory does not hold; empty = nowhere. */
export async function openForReading(
  path: string,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
  temporaryFolder: string,
): Promise<Database | undefined> {
  const database = await Database.open(path, { memoryMb: ledgerMemoryMb, temporaryFolder, readOnly: true });
  try {
    const fingerprint = await fingerprintOf(queries, seeds);
    if (await isMadeBy(database, fingerprint)) return await prepareSession(database, queries, seeds);
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

/** A ledger without a row, in memory: for what can be told of a query before there is anything to ask. */
export async function openEmptyLedger(
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Database> {
  const database = await Database.open(':memory:', { memoryMb: ledgerMemoryMb, temporaryFolder: '', threads: 1 });
  return prepare(database, queries, seeds);
}

async function openFile(dataFolder: string, path: string): Promise<Database> {
  const database = await Database.open(path, {
    memoryMb: ledgerMemoryMb,
    temporaryFolder: join(dataFolder, 'temporary'),
  });
  // Most of the texts are sids and numbers, in which nothing repeats: to compress them takes a seventh of loading, and saves two fifths
  // of a file that can be deleted. What repeats is still written once.
  await database.run('compression', "set disabled_compression_methods = 'fsst'");
  return database;
}

/** Everything that decides what a stored row looks like: the queries of stored tables, what those read, and the macros that any may use. */
async function fingerprintOf(queries: ReadonlyMap<string, Query>, seeds: ReadonlyMap<string, string>): Promise<string> {
  const deciding = new Set<string>();
  const add = (name: string): void => {
    if (deciding.has(name)) return;
    deciding.add(name);
    for (const read of queries.get(name)?.reads ?? []) add(read);
  };
  for (const { name, kind } of queries.values()) {
    if (storedKinds.has(kind) || sessionKinds.has(kind) || kind === 'macro') add(name);
  }
  const texts: string[] = [];
  for (const name of [...deciding].sort()) {
    const seed = seeds.get(name);
    const text = seed === undefined ? queries.get(name)?.sql : await readText(seed);
    texts.push(name, text ?? '');
  }
  return sha256Of(texts.join('\n'));
}

/** The last line of the manifest that a ledger holds; 0 = none. */
export async function loadedThrough(ledger: Database): Promise<number> {
  const [[through] = []] = await ledger.texts('loaded_lines', 'select coalesce(max(sequence), 0) from loaded_lines');
  return Number.parseInt(through ?? '0', 10);
}

async function isMadeBy(database: Database, fingerprint: string): Promise<boolean> {
  const tables = await database.texts(
    'ledger_version',
    "select 1 from duckdb_tables() where table_name = 'ledger_version'",
  );
  if (tables.length === 0) return false;
  const [[made] = []] = await database.texts('ledger_version', 'select fingerprint from ledger_version');
  return made === fingerprint;
}

async function prepare(
  database: Database,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Database> {
  await database.run(
    'loaded_lines',
    'create table if not exists loaded_lines (sequence bigint, kind varchar, row_count bigint)',
  );
  for (const query of queries.values()) {
    if (!storedKinds.has(query.kind)) continue;
    await database.run(query.name, `create table if not exists ${query.name} (${columnsOf(query)})`);
  }
  await prepareSession(database, queries, seeds);
  // Made of seeds and macros, which belong to the session; read by what is kept, so that the fingerprint knows them.
  for (const query of inReadingOrder(queries, 'lookup')) {
    await database.run(query.name, `create table if not exists ${query.name} as\n${query.sql}`);
  }
  return database;
}

/** What lives as long as the connection, and no longer. */
async function prepareSession(
  database: Database,
  queries: ReadonlyMap<string, Query>,
  seeds: ReadonlyMap<string, string>,
): Promise<Database> {
  for (const [name, path] of seeds) {
    await database.run(
      name,
      `create or replace temp table ${sqlName(name)} as
       select columns(c -> true) from read_csv(${sqlText(path)}, header = true, all_varchar = true)`,
    );
  }
  await makeMacros(database, queries);
  for (const [name, columns] of Object.entries(inputTables)) {
    await database.run(name, `create or replace temp table ${name} (${columns})`);
  }
  for (const query of queries.values()) {
    if (!sessionKinds.has(query.kind)) continue;
    await database.run(query.name, `create or replace temp table ${query.name} (${columnsOf(query)})`);
  }
  for (const query of inReadingOrder(queries, 'view')) {
    await database.run(query.name, `create or replace temp view ${query.name} as\n${query.sql}`);
  }
  return database;
}

/** The SQL functions of queries/macros/, for this connection's database. */
export async function makeMacros(database: Database, queries: ReadonlyMap<string, Query>): Promise<void> {
  for (const query of queries.values()) {
    if (query.kind !== 'macro') continue;
    const parameters = query.parameters.map((parameter) => parameter.name).join(', ');
    await database.run(query.name, `create or replace temp macro ${query.name}(${parameters}) as (\n${query.sql}\n)`);
  }
}

/** What people write beside Twilio's data. Filled when it is read, empty until then. */
const inputTables = {
  customer_map: 'account_sid varchar, customer_id varchar, customer_name varchar, valid_from date, valid_to date',
  tolerances: 'currency varchar, amount decimal(38, 8)',
  invoice_amounts: 'month date, currency varchar, category varchar, amount decimal(38, 8), rounding decimal(38, 8)',
  journal_accounts: 'role varchar, account varchar',
  rates:
    'line bigint, customer_id varchar, service varchar, direction varchar, country_prefix varchar, currency varchar, ' +
    'markup_percent decimal(10, 4), price_per_unit decimal(18, 8), valid_from date, valid_to date',
};

/** Replaces what one of these tables holds. Each text is cast to its column's type; rows have the columns' order. */
export async function fillInput(
  ledger: Database,
  name: keyof typeof inputTables,
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  await ledger.run(name, `truncate ${name}`);
  if (rows.length === 0) return;
  const texts = `${name}_texts`;
  await ledger.run(texts, `create or replace temp table ${texts} as select columns(*)::varchar from ${name}`);
  await ledger.append(texts, rows);
  await ledger.run(name, `insert into ${name} select * from ${texts}`);
}

const columnsOf = (query: Query): string =>
  query.columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(', ');
