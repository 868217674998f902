import { InvariantError, QueryError } from '../domain/errors.js';
import { landingMemoryMb } from '../domain/limits.js';
import type { ControlTotal } from '../domain/manifest.js';
import type { Query } from '../domain/query.js';
import { isUndated, type LandedResource, landedResources } from '../domain/resource.js';
import type { PageVerdict, ReceivedPage } from '../domain/task.js';
import { Database, type SqlParameter, sqlText, type TextRow } from './duckdb.js';
import { makeMacros } from './ledger.js';

export interface LandingFile {
  readonly rows: number;
  readonly controls: readonly ControlTotal[];
}

/** Rows of accepted pages of one resource, in a table of the parser's database. */
export interface PageBatch {
  readonly resource: LandedResource;
  readonly table: string;
  rows: number;
}

/**
 * Turns pages into landing files with a DuckDB of its own, in memory and without a folder for temporary files: message
 * bodies and whole phone numbers never touch the disk. Rows go from text to columns inside DuckDB; JavaScript sees counts.
 * Two connections, so that a batch is written while the next pages are judged.
 */
export class PageParser {
  private pageKey = 0n;
  private batchNumber = 0;
  private readonly batches = new Map<LandedResource, PageBatch>();

  private constructor(
    private readonly judging: Database,
    private readonly writing: Database,
    private readonly queries: ReadonlyMap<string, Query>,
    private readonly run: number,
  ) {}

  static async open(
    queries: ReadonlyMap<string, Query>,
    options: { phoneNumbers: 'keep' | 'mask'; run: number },
  ): Promise<PageParser> {
    const judging = await Database.open(':memory:', { memoryMb: landingMemoryMb, temporaryFolder: '', threads: 1 });
    const writing = await judging.connect();
    // In memory there is nothing to checkpoint to; without this DuckDB would compress the batches every 16 MB.
    await judging.run('checkpoint_threshold', "set checkpoint_threshold = '1TB'");
    const parser = new PageParser(judging, writing, queries, options.run);
    await judging.run('phone_numbers', `set variable phone_numbers = ${sqlText(options.phoneNumbers)}`);
    await makeMacros(judging, queries);
    await parser.emptyPages();
    await judging.run(
      'received_pages',
      `create temp view received_pages as
         select page_key, cast(run_number as integer) as run_number, cast(task_number as integer) as task_number,
           cast(page_number as integer) as page_number, cast(observed_at as timestamp) as observed_at, decode(rows_bytes) as rows_text
         from received_page_bytes`,
    );
    await judging.run(
      'page_expectations',
      `create temp view page_expectations as
         select page_key, account_sid, undated = 1 as undated,
           cast(window_start as timestamp) as window_start, cast(window_end as timestamp) as window_end,
           cast(newest as timestamp) as newest, cast(oldest as timestamp) as oldest
         from received_page_bytes`,
    );
    for (const resource of landedResources) await parser.begin(resource);
    return parser;
  }

  /** Rows that were accepted and are not yet in a file. */
  rowCount(resource: LandedResource): number {
    return this.batchOf(resource).rows;
  }

  /** Judges pages of one resource together; one verdict each, in order. Only accepted pages stay in the batch. */
  async parse(resource: LandedResource, pages: readonly ReceivedPage[]): Promise<PageVerdict[]> {
    const verdicts = await this.parseTogether(resource, pages);
    if (verdicts !== undefined) return verdicts;
    if (pages.length === 1) return [{ kind: 'malformed', detail: 'its rows are not well-formed JSON' }];
    // One of them is damaged inside: alone, each is told apart.
    const apart: PageVerdict[] = [];
    for (const page of pages) apart.push(...(await this.parse(resource, [page])));
    return apart;
  }

  /** Ends the batch and begins another. */
  async seal(resource: LandedResource): Promise<PageBatch> {
    const batch = this.batchOf(resource);
    await this.begin(resource);
    return batch;
  }

  /** Writes a sealed batch as Parquet to `path`, drops it, and says what is in the file, read from the file. */
  async write({ resource, table, rows }: PageBatch, path: string, sequence: number): Promise<LandingFile> {
    const columns = this.query(`received_${resource}`)
      .columns.filter((column) => column.name !== 'page_key')
      .map((column) => `"${column.name}"`)
      .join(', ');
    await this.writing.run(
      path,
      `copy (select ${columns}, cast(${sequence} as bigint) as landing_sequence from ${table})
       to ${sqlText(path)} (format parquet, compression zstd, row_group_size 20480)`,
    );
    await this.writing.run(table, `drop table ${table}`);
    const [[written] = []] = await this.writing.texts(path, `select count(*) from read_parquet(${sqlText(path)})`);
    if (written !== String(rows)) {
      throw new InvariantError(`${rows} rows of ${resource} were accepted, ${written ?? 'none'} are in ${path}`);
    }
    return { rows, controls: resource === 'accounts' ? [] : await this.controls(path) };
  }

  close(): void {
    this.writing.disconnect();
    this.judging.close();
  }

  private async parseTogether(
    resource: LandedResource,
    pages: readonly ReceivedPage[],
  ): Promise<PageVerdict[] | undefined> {
    const batch = this.batchOf(resource);
    const firstKey = this.pageKey;
    this.pageKey += BigInt(pages.length);
    await this.emptyPages();
    await this.judging.append(
      'received_page_bytes',
      pages.map((page, index) => this.pageRow(firstKey + BigInt(index), page)),
    );
    const received = this.query(`received_${resource}`);
    try {
      await this.judging.run(received.name, `insert into ${batch.table} ${received.sql.replace(/^(--.*\n)+/, '')}`);
    } catch (error) {
      if (error instanceof QueryError && /malformed json/i.test(error.message)) return undefined;
      throw error;
    }
    const counts = await this.countRows(batch, firstKey);
    const verdicts = pages.map((page, index) => judge(counts.get(String(firstKey + BigInt(index))), page));
    await this.keepAccepted(batch, firstKey, verdicts);
    if (pages.some(({ task }) => isUndated(task.resource))) await this.keepUndated(batch);
    return verdicts;
  }

  private pageRow(key: bigint, { task, pageNumber, observedAt, rows, times }: ReceivedPage): (SqlParameter | Buffer)[] {
    const { accountSid, window, number } = task;
    const undated = isUndated(task.resource) ? 1n : 0n;
    const origin = [BigInt(this.run), BigInt(number), BigInt(pageNumber), observedAt];
    const bounds = [window?.start ?? null, window?.end ?? null, times?.newest ?? null, times?.oldest ?? null];
    return [key, accountSid, undated, ...bounds, ...origin, rows.json];
  }

  /** The counts of each page from `firstKey` on. */
  private async countRows({ resource, table }: PageBatch, firstKey: bigint): Promise<Map<string, TextRow>> {
    await this.judging.run(
      table,
      `create or replace temp view received_${resource} as
         select columns(c -> true) from ${table} where page_key >= ${firstKey}`,
    );
    const query = this.query(`verdict_${resource}`);
    const rows = await this.judging.texts(query.name, query.sql);
    return new Map(rows.map((row) => [String(row[0]), row]));
  }

  private async keepAccepted(batch: PageBatch, firstKey: bigint, verdicts: readonly PageVerdict[]): Promise<void> {
    const dropped: bigint[] = [];
    verdicts.forEach((verdict, index) => {
      if (verdict.kind === 'accepted') batch.rows += verdict.rows;
      else dropped.push(firstKey + BigInt(index));
    });
    if (dropped.length === 0) return;
    await this.judging.run('refused pages', `delete from ${batch.table} where page_key in (${dropped.join(', ')})`);
  }

  /** Of lists without date filter, the rows that have no date: the verdict has not counted the others. */
  private async keepUndated({ resource, table }: PageBatch): Promise<void> {
    const date = resource === 'calls' ? 'start_time' : 'date_sent';
    await this.judging.run(
      'undated rows',
      `delete from ${table} using page_expectations as e
       where e.page_key = ${table}.page_key
         and not keeps_row(e.undated, ${date}, utc_time(date_created), e.window_start, e.window_end)`,
    );
  }

  private async controls(path: string): Promise<ControlTotal[]> {
    await this.writing.run(
      'landing_batch',
      `create or replace temp view landing_batch as select price, price_unit from read_parquet(${sqlText(path)})`,
    );
    const query = this.query('landing_controls');
    const rows = await this.writing.texts(query.name, query.sql);
    return rows.map(([currency, count, priced, sum]) => ({
      currency: currency ?? '',
      rows: Number.parseInt(count ?? '', 10),
      priced: Number.parseInt(priced ?? '', 10),
      sum: sum ?? '',
    }));
  }

  /** Made anew each time: DuckDB 1.5 keeps the long texts of a truncated table in memory, those of a replaced one not. */
  private emptyPages(): Promise<void> {
    return this.judging.run(
      'received_page_bytes',
      `create or replace temp table received_page_bytes (
         page_key bigint, account_sid varchar, undated bigint, window_start varchar, window_end varchar, newest varchar, oldest varchar,
         run_number bigint, task_number bigint, page_number bigint, observed_at varchar, rows_bytes blob)`,
    );
  }

  private async begin(resource: LandedResource): Promise<void> {
    this.batchNumber += 1;
    const table = `batch_${this.batchNumber}`;
    const { columns } = this.query(`received_${resource}`);
    const types = columns.map((column) => `"${column.name}" ${column.type}`).join(', ');
    await this.judging.run(table, `create table ${table} (${types})`);
    this.batches.set(resource, { resource, table, rows: 0 });
  }

  private batchOf(resource: LandedResource): PageBatch {
    const batch = this.batches.get(resource);
    if (batch === undefined) throw new InvariantError(`no batch of ${resource}`);
    return batch;
  }

  private query(name: string): Query {
    const query = this.queries.get(name);
    if (query === undefined) throw new InvariantError(`no query ${name}`);
    return query;
  }
}

/** From the counts of queries/raw/verdict_*.sql to a verdict. A page without rows has no counts. */
function judge(counts: TextRow | undefined, { task, rows: slim }: ReceivedPage): PageVerdict {
  const [rows = 0, foreign = 0, outside = 0, incomplete = 0, oddSids = 0, unordered = 0, dropped = 0] = (counts ?? [])
    .slice(1)
    .map((count) => Number.parseInt(count ?? '0', 10));
  if (foreign > 0) return { kind: 'refused', detail: `${foreign} of its ${rows} rows belong to another account` };
  if (outside > 0) {
    return {
      kind: 'refused',
      detail: `${outside} of its ${rows} rows lie outside the window: Twilio ignored the filter`,
    };
  }
  if (incomplete > 0) return { kind: 'refused', detail: `${incomplete} of its ${rows} rows lack a required field` };
  if (task.resource !== 'accounts' && slim.priceKeys < rows) {
    return { kind: 'refused', detail: `${rows - slim.priceKeys} of its ${rows} rows have no field "price"` };
  }
  const warnings: string[] = [];
  if (oddSids > 0) warnings.push(`${oddSids} rows have a sid that has not Twilio's form; they are kept`);
  if (slim.quoted > 0) warnings.push(`${slim.quoted} prices came as JSON numbers; they are taken by their text`);
  return { kind: 'accepted', rows: rows - dropped, inOrder: unordered === 0, warnings };
}
