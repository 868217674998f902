import { invariant, StorageError } from '../domain/errors.js';
import { loadBatchRowsMax } from '../domain/limits.js';
import { isClosing, type Landed, type LoadableLine } from '../domain/manifest.js';
import { type Query, queryNamed } from '../domain/query.js';
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
const appendedFirst = ['price_history', 'usage_restatements', 'quarantined_rows', 'stale_days'];
/** Usage Records go to two tables: of accounts by themselves, and of the main account with all of them. */
const merged = [...landedResources, 'consolidated_usage_records'];
const appendedLast = ['tasks', 'vanished_records', 'file_control_totals'];

/** Manifest lines that the database does not hold → its tables, one transaction for each batch. Any number of times. */
export async function load(ports: LoadPorts, lines: readonly LoadableLine[]): Promise<LoadInfo> {
  const info = { batches: 0, files: 0, rows: 0, quarantined: 0, priceChanges: 0 };
  // Each thread holds row groups of its own while it writes; two of them are no faster on two cores.
  await ports.sql.run('load threads', 'set threads = 1');
  try {
    for (const batch of batchesOf(lines)) {
      await ports.sql.transaction(() => loadBatch(ports, batch, info));
      info.batches += 1;
    }
  } finally {
    await ports.sql.run('load threads', 'reset threads');
  }
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
  await controlStaging(ports, batch);
  await fill(ports, 'repeated_records');
  await appendLateChanges(ports);
  for (const name of appendedFirst) await append(ports, name);
  info.priceChanges += await countSince(ports, 'price_history', batch);
  info.quarantined += await controlQuarantine(ports, batch);
  const expected = await mergeCounts(ports);
  for (const name of merged) await merge(ports, name, expected.get(name));
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

/** Fills the staging table of a resource from its files. */
async function stage(ports: LoadPorts, resource: LandedResource, files: readonly Landed[]): Promise<void> {
  const { sql } = ports;
  const name = `staging_${resource}`;
  if (files.length === 0) return empty(ports, name);
  const paths: string[] = [];
  for (const file of files) paths.push(sql.literal(await ports.trusted(file.file, file.sha256)));
  await sql.run('load variables', `set variable landing_files = [${paths.join(', ')}]`);
  await fill(ports, name);
}

/** Landed = loaded + quarantined, of each file, rows and prices by currency: the manifest against what was staged. @throws StorageError */
async function controlStaging(ports: LoadPorts, batch: readonly LoadableLine[]): Promise<void> {
  const { sql } = ports;
  const rows = batch.flatMap((line) => (line.kind === 'landed' ? controlRows(sql.literal, line) : []));
  await sql.run('landed_controls', `create or replace temp table landed_controls (${landedControlColumns})`);
  if (rows.length > 0) await sql.run('landed_controls', `insert into landed_controls values ${rows.join(', ')}`);
  await fill(ports, 'batch_control_totals');
  const query = queryOf(ports, 'broken_control_totals');
  const [broken] = await sql.texts(query.name, query.sql);
  if (broken === undefined) return;
  const [sequence, resource, currency, landed, came] = broken;
  throw new StorageError(
    `${resource} in ${currency || 'no currency'} of landing file ${sequence}: ${landed} were landed, ${came} came to loading. Restore the data folder from a backup.`,
  );
}

/** The control totals of a file as its line of the manifest has them. Accounts have no prices: only their rows count. */
function controlRows(literal: (text: string) => string, line: Landed & { readonly sequence: number }): string[] {
  const { sequence, run, resource, rows, controls } = line;
  const all = resource === 'accounts' ? [{ currency: '', rows, priced: 0, sum: '0' }] : controls;
  return all.map(
    (control) =>
      `(${sequence}, ${run}, ${literal(resource)}, ${literal(control.currency)}, ${control.rows}, ${control.priced}, ${literal(control.sum)})`,
  );
}

const landedControlColumns =
  'landing_sequence bigint, run_number integer, resource varchar, currency varchar, row_count bigint, priced_count bigint, price_sum decimal(38, 8)';

/** What was put aside is what cannot be used: no row is in neither place. */
async function controlQuarantine(ports: LoadPorts, batch: readonly LoadableLine[]): Promise<number> {
  const quarantined = await countSince(ports, 'quarantined_rows', batch);
  const [[expected] = []] = await ports.sql.texts(
    'batch_control_totals',
    "select coalesce(sum(row_count), 0) from batch_control_totals where stage = 'quarantined'",
  );
  if (expected === String(quarantined)) return quarantined;
  throw new StorageError(`${expected} rows cannot be used, ${quarantined} came to quarantine. ${loadBroke}`);
}

const loadBroke =
  'Nothing of this batch is loaded: run again; if it stays, delete subledger.duckdb, which is made anew.';

interface MergeCounts {
  readonly inserted: number;
  /** Those among them that replace what was known. */
  readonly replaced: number;
}

async function mergeCounts(ports: LoadPorts): Promise<ReadonlyMap<string, MergeCounts>> {
  const query = queryOf(ports, 'merge_counts');
  const rows = await ports.sql.texts(query.name, query.sql);
  return new Map(
    rows.map(([resource, inserted, replaced]) => [
      resource ?? '',
      { inserted: wholeNumber(inserted), replaced: wholeNumber(replaced) },
    ]),
  );
}

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
async function merge(ports: LoadPorts, name: string, expected: MergeCounts | undefined): Promise<void> {
  const { sql } = ports;
  const query = queryOf(ports, name);
  const fresh = query.reads.includes('repeated_records')
    ? `select sid from repeated_records where service = ${sql.literal(name)}`
    : bodyOf(query);
  const same = query.mergeKey.map((key) => `${name}.${key} = fresh.${key}`).join(' and ');
  const before = await countOf(ports, name, `select count(*) from ${name}`);
  const deleted = await countOf(ports, name, `delete from ${name} using (\n${fresh}) as fresh where ${same}`);
  const inserted = await countOf(ports, name, `insert into ${name} ${bodyOf(query)}`);
  const after = await countOf(ports, name, `select count(*) from ${name}`);
  // Of usage records and accounts nobody counts which are new: that would take as long as merging them.
  const { inserted: due = inserted, replaced = deleted } = expected ?? {};
  if (inserted === due && deleted === replaced && deleted <= inserted && after === before + due - replaced) return;
  throw new StorageError(
    `${name}: the ledger held ${before}, ${due} were to come, ${replaced} of them for known ones; ${deleted} were taken out, ${inserted} put in, it holds ${after}. ${loadBroke}`,
  );
}

/** Of a statement that changes a table, DuckDB answers how many rows it changed. */
async function countOf(ports: LoadPorts, name: string, statement: string): Promise<number> {
  const [[count] = []] = await ports.sql.texts(name, statement);
  return wholeNumber(count);
}

async function countSince(ports: LoadPorts, name: string, batch: readonly LoadableLine[]): Promise<number> {
  const first = batch[0]?.sequence ?? 0;
  return countOf(ports, name, `select count(*) from ${name} where ordinal >= ${first} * 10000000`);
}

const wholeNumber = (text: string | null | undefined): number => Number.parseInt(text ?? '0', 10);

const queryOf = ({ queries }: LoadPorts, name: string): Query => queryNamed(queries, name);

/** The statement without its header, so that it can stand inside another. */
const bodyOf = (query: Query): string => query.sql.replace(/^(--.*\n)+/, '');
