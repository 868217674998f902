import { invariant, StorageError } from '../domain/errors.js';
import { loadBatchRowsMax } from '../domain/limits.js';
import { type ControlTotal, isClosing, type Landed, type LoadableLine } from '../domain/manifest.js';
import type { Query } from '../domain/query.js';
import { type LandedResource, landedResources } from '../domain/resource.js';

/** What loading needs of the outside: a database, the queries, and where a landing file lies. */
export interface LoadPorts {
  readonly sql: {
    run(name: string, sql: string, parameters?: Readonly<Record<string, string>>): Promise<void>;
    texts(name: string, sql: string): Promise<readonly (readonly (string | null)[])[]>;
    transaction<T>(work: () => Promise<T>): Promise<T>;
    literal(text: string): string;
  };
  readonly queries: ReadonlyMap<string, Query>;
  /** Checks the file's hash against the manifest and answers its path. @throws StorageError */
  trusted(file: string, sha256: string): Promise<string>;
  readonly manifestPath: string;
}

export interface LoadInfo {
  readonly batches: number;
  readonly files: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly priceChanges: number;
}

/** Order matters: price changes and quarantine compare with what the tables held before the batch. */
const appendedFirst = ['price_history', 'usage_restatements', 'quarantined_rows'];
/** Usage Records go to two tables: of accounts by themselves, and of the main account with all of them. */
const merged = [...landedResources, 'consolidated_usage_records'];
const appendedLast = ['tasks', 'vanished_records'];

/** Manifest lines that the database does not hold → its tables, one transaction for each batch. Any number of times. */
export async function load(ports: LoadPorts, lines: readonly LoadableLine[]): Promise<LoadInfo> {
  const info = { batches: 0, files: 0, rows: 0, quarantined: 0, priceChanges: 0 };
  // Each thread holds row groups of its own while it writes; two of them are no faster on two cores.
  await ports.sql.run('load threads', 'set threads = 1');
  for (const batch of batchesOf(lines)) {
    await ports.sql.transaction(() => loadBatch(ports, batch, info));
    info.batches += 1;
  }
  await ports.sql.run('load threads', 'reset threads');
  return info;
}

/** Whole files, in the manifest's order, as many as fit the limit. A closing begins a batch: its files came behind it. */
export function* batchesOf(lines: readonly LoadableLine[]): Generator<LoadableLine[]> {
  let batch: LoadableLine[] = [];
  let rows = 0;
  for (const line of lines) {
    const lineRows = line.kind === 'landed' ? line.rows : 0;
    if (batch.length > 0 && (rows + lineRows > loadBatchRowsMax || isClosing(line))) {
      yield batch;
      batch = [];
      rows = 0;
    }
    batch.push(line);
    rows += lineRows;
  }
  if (batch.length > 0) yield batch;
}

async function loadBatch(
  ports: LoadPorts,
  batch: readonly LoadableLine[],
  info: { files: number; rows: number; quarantined: number; priceChanges: number },
): Promise<void> {
  const { sql } = ports;
  const last = batch.at(-1);
  invariant(last !== undefined, 'a batch is never empty');
  await sql.run('load variables', `set variable manifest_path = ${sql.literal(ports.manifestPath)}`);
  const [[through = '0'] = []] = await sql.texts('loaded_lines', 'select coalesce(max(sequence), 0) from loaded_lines');
  await sql.run('load variables', `set variable loaded_through = cast(${through} as bigint)`);
  await sql.run('load variables', `set variable load_through = cast(${last.sequence} as bigint)`);
  for (const resource of landedResources) {
    const files = batch.filter(
      (line): line is Landed & { sequence: number } => line.kind === 'landed' && line.resource === resource,
    );
    await stage(ports, resource, files);
    info.files += files.length;
  }
  await fill(ports, 'staging_tasks');
  await (batch.some(isClosing) ? fill : empty)(ports, 'staging_month_closings');
  await fill(ports, 'repeated_records');
  await appendLateChanges(ports);
  for (const name of appendedFirst) await append(ports, name);
  info.priceChanges += await countSince(ports, 'price_history', batch);
  info.quarantined += await countSince(ports, 'quarantined_rows', batch);
  for (const name of merged) await merge(ports, name);
  for (const name of appendedLast) await append(ports, name);
  for (const line of batch) {
    const rows = line.kind === 'landed' ? line.rows : 0;
    info.rows += rows;
    await sql.run(
      'loaded_lines',
      `insert into loaded_lines values (${line.sequence}, ${sql.literal(line.kind)}, ${rows})`,
    );
  }
}

/** Fills the staging table of a resource from its files, and proves that all of them arrived. */
async function stage(ports: LoadPorts, resource: LandedResource, files: readonly Landed[]): Promise<void> {
  const { sql } = ports;
  const name = `staging_${resource}`;
  if (files.length === 0) return empty(ports, name);
  const paths: string[] = [];
  for (const file of files) paths.push(sql.literal(await ports.trusted(file.file, file.sha256)));
  await sql.run('load variables', `set variable landing_files = [${paths.join(', ')}]`);
  await fill(ports, name);
  const [[loaded] = []] = await sql.texts(name, `select count(*) from ${name}`);
  const landed = files.reduce((sum, file) => sum + file.rows, 0);
  if (loaded !== String(landed))
    throw new StorageError(`${resource}: ${landed} rows were landed, ${loaded ?? 0} came to loading`);
  if (resource !== 'accounts') await compareControls(ports, resource, files);
}

/** Landed = loaded, by currency: the sums of the manifest against those of the staging table, compared by the database. */
async function compareControls(ports: LoadPorts, resource: LandedResource, files: readonly Landed[]): Promise<void> {
  const { sql } = ports;
  const values = files.flatMap((file) => file.controls).map((control) => controlRow(sql.literal, control));
  if (values.length === 0) return;
  const sign = resource === 'usage_records' ? '' : '-';
  const breaks = await sql.texts(
    `control totals of ${resource}`,
    `with manifest as (
       select currency, sum(priced) as priced, sum(price_sum) as price_sum
       from (values ${values.join(', ')}) as v(currency, priced, price_sum)
       group by currency
     ),
     loaded as (
       select coalesce(currency, '') as currency, count(cost) as priced, coalesce(sum(${sign}cost), 0) as price_sum
       from staging_${resource}
       group by coalesce(currency, '')
     )
     select coalesce(m.currency, l.currency), m.price_sum, l.price_sum
     from manifest as m full join loaded as l on l.currency = m.currency
     where m.priced is distinct from l.priced or m.price_sum is distinct from l.price_sum`,
  );
  const [broken] = breaks;
  if (broken !== undefined) {
    const [currency, landed, loaded] = broken;
    throw new StorageError(
      `${resource} in ${currency || 'no currency'}: prices of ${landed ?? 'nothing'} were landed, of ${loaded ?? 'nothing'} came to loading`,
    );
  }
}

const controlRow = (literal: (text: string) => string, control: ControlTotal): string =>
  `(${literal(control.currency)}, ${control.priced}, cast(${literal(control.sum)} as decimal(38, 8)))`;

/** Made anew each time: DuckDB copies what is inserted into a table a second time when the transaction ends. */
async function fill(ports: LoadPorts, name: string): Promise<void> {
  const query = queryOf(ports, name);
  // A view over files can be made only once the variables that name them are set.
  for (const read of query.reads) {
    const raw = ports.queries.get(read);
    if (raw?.kind === 'temp view') await ports.sql.run(read, `create or replace temp view ${read} as\n${raw.sql}`);
  }
  await ports.sql.run(name, `create or replace temp table ${name} as ${bodyOf(query)}`);
}

async function empty(ports: LoadPorts, name: string): Promise<void> {
  await ports.sql.run(name, `truncate ${queryOf(ports, name).name}`);
}

/** Like price changes, but behind a closing, and nothing is compared where no month was ever closed. */
async function appendLateChanges(ports: LoadPorts): Promise<void> {
  await append(ports, 'month_closings');
  const closings = await ports.sql.texts('month_closings', 'select line_sequence from month_closings limit 1');
  if (closings.length > 0) await append(ports, 'late_changes');
}

async function append(ports: LoadPorts, name: string): Promise<void> {
  await ports.sql.run(name, `insert into ${name} ${bodyOf(queryOf(ports, name))}`);
}

/**
 * Deletes by key, then inserts: no index, and the newest observation wins. Where repeated records are known, only they are looked for:
 * joined with the whole batch, DuckDB held all columns of the batch a second time, and ran out of memory at 5,000,000 rows.
 */
async function merge(ports: LoadPorts, name: string): Promise<void> {
  const query = queryOf(ports, name);
  const fresh = query.reads.includes('repeated_records')
    ? `select sid from repeated_records where service = ${ports.sql.literal(name)}`
    : bodyOf(query);
  const same = query.mergeKey.map((key) => `${name}.${key} = fresh.${key}`).join(' and ');
  await ports.sql.run(name, `delete from ${name} using (\n${fresh}) as fresh where ${same}`);
  await append(ports, name);
}

async function countSince(ports: LoadPorts, name: string, batch: readonly LoadableLine[]): Promise<number> {
  const first = batch[0]?.sequence ?? 0;
  const [[count] = []] = await ports.sql.texts(
    name,
    `select count(*) from ${name} where ordinal >= ${first} * 10000000`,
  );
  return Number.parseInt(count ?? '0', 10);
}

function queryOf(ports: LoadPorts, name: string): Query {
  const query = ports.queries.get(name);
  invariant(query !== undefined, `no query ${name}`);
  return query;
}

/** The statement without its header, so that it can stand inside another. */
const bodyOf = (query: Query): string => query.sql.replace(/^(--.*\n)+/, '');
