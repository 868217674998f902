import { QueryError } from '../domain/errors.js';
import { landingMemoryMb } from '../domain/limits.js';
import type { ControlTotal } from '../domain/manifest.js';
import { addTotals, type PriceTotal } from '../domain/price-totals.js';
import { type Query, queryNamed } from '../domain/query.js';
import { requireSameRows, requireSameTotals } from '../domain/received-is-landed.js';
import { includesSubaccounts, isUndated, type LandedResource } from '../domain/resource.js';
import type { SlimRows } from '../domain/slim-rows.js';
import type { PageVerdict, ReceivedPage } from '../domain/task.js';
import { Database, type OfferedRow, sqlText, type TextRow } from './duckdb.js';
import { makeMacros } from './ledger.js';
import { PageShelf, type PageStack } from './page-shelf.js';

/**
 * The lowest level makes files as small as the usual one does, of texts like these, for a third less time. A dictionary is given up
 * where a column has a thousand texts in a row group: there it saves nothing that zstd does not.
 */
const parquetOptions = 'compression zstd, compression_level 1, dictionary_size_limit 1000, row_group_size 20480';

export interface LandingFile {
  readonly rows: number;
  readonly controls: readonly ControlTotal[];
}

/** Accepted pages of one resource, as they came less what src/domain/slim-rows.ts leaves out. */
export interface PageBatch {
  readonly resource: LandedResource;
  readonly pages: OfferedRow[];
  readonly stack: PageStack;
  rows: number;
  /** What the pages say by their bytes that were landed whole. */
  received: readonly PriceTotal[];
  /** Tasks of lists without date filter: only a part of their pages is landed, so that of them only rows are compared. */
  readonly undatedTasks: Set<number>;
}

/** Where a page belongs, as one JSON text beside its rows. */
const originStructure = JSON.stringify({
  // Of so few keys DuckDB groups without a hash table, which would cost as much for twelve pages as for a million.
  page_key: 'UTINYINT',
  run_number: 'INTEGER',
  task_number: 'INTEGER',
  page_number: 'INTEGER',
  observed_at: 'TIMESTAMP',
  account_sid: 'VARCHAR',
  undated: 'BOOLEAN',
  include_subaccounts: 'BOOLEAN',
  window_start: 'TIMESTAMP',
  window_end: 'TIMESTAMP',
  newest: 'TIMESTAMP',
  oldest: 'TIMESTAMP',
});

/**
 * Turns pages into landing files with a DuckDB of its own, in memory and without a folder for temporary files: message
 * bodies and whole phone numbers never touch the disk. JavaScript sees counts. DuckDB fetches the pages from it one by one and keeps
 * no table of them: each is parsed twice, for the few fields by which it is judged and on its way to the file, which costs less than
 * a table between the two. Two connections, so that a batch is written while the next pages are judged.
 */
export class PageParser {
  private readonly shelf = new PageShelf();
  private readonly batches = new Map<LandedResource, PageBatch>();
  private judged: readonly OfferedRow[] = [];
  private written: readonly OfferedRow[] = [];

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
    const parser = new PageParser(judging, writing, queries, options.run);
    judging.offer('judged_pages', () => parser.judged);
    writing.offer('written_pages', () => parser.written);
    await receivePages(judging, queries, 'judged_pages');
    await receivePages(writing, queries, 'written_pages');
    await writing.run('phone_numbers', `set variable phone_numbers = ${sqlText(options.phoneNumbers)}`);
    return parser;
  }

  /** Rows that were accepted and are not yet in a file. */
  rowCount(resource: LandedResource): number {
    return this.batchOf(resource).rows;
  }

  /** Their bytes as they came, less what is left out at once. */
  byteCount(resource: LandedResource): number {
    return this.batchOf(resource).stack.bytes;
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
    this.batches.delete(resource);
    return batch;
  }

  /**
   * Writes a sealed batch as Parquet to `path`, and says what is in the file, read from the file.
   * @throws StorageError where that is not what was received
   */
  async write(batch: PageBatch, path: string, sequence: number): Promise<LandingFile> {
    const { resource, pages, stack } = batch;
    const received = this.query(`received_${resource}`);
    this.written = pages;
    await this.writing.run(
      path,
      `copy (select *, cast(${sequence} as bigint) as landing_sequence from (\n${received.sql}))
       to ${sqlText(path)} (format parquet, ${parquetOptions})`,
    );
    this.written = [];
    stack.release();
    return this.read(batch, path);
  }

  close(): void {
    this.writing.disconnect();
    this.judging.close();
    this.shelf.clear();
  }

  private async parseTogether(
    resource: LandedResource,
    pages: readonly ReceivedPage[],
  ): Promise<PageVerdict[] | undefined> {
    this.judged = pages.map((page, index) => this.pageRow(index, page));
    const query = this.query(`verdict_${resource}`);
    try {
      const counts = await this.judging.texts(query.name, query.sql);
      const countsOf = new Map(counts.map((row) => [row[0], row]));
      const verdicts = pages.map((page, index) => judge(countsOf.get(String(index)), page));
      this.keepAccepted(this.batchOf(resource), pages, verdicts);
      return verdicts;
    } catch (error) {
      if (error instanceof QueryError && /malformed json/i.test(error.message)) return undefined;
      throw error;
    } finally {
      this.judged = [];
    }
  }

  private pageRow(key: number, { task, pageNumber, observedAt, rows, times }: ReceivedPage): OfferedRow {
    const origin = {
      page_key: key,
      run_number: this.run,
      task_number: task.number,
      page_number: pageNumber,
      observed_at: observedAt,
      account_sid: task.accountSid,
      undated: isUndated(task.resource),
      include_subaccounts: includesSubaccounts(task.resource),
      window_start: task.window?.start ?? null,
      window_end: task.window?.end ?? null,
      newest: times?.newest ?? null,
      oldest: times?.oldest ?? null,
    };
    return { text: JSON.stringify(origin), bytes: rows.json };
  }

  private keepAccepted(batch: PageBatch, pages: readonly ReceivedPage[], verdicts: readonly PageVerdict[]): void {
    verdicts.forEach((verdict, index) => {
      // Of a list without date filter most pages hold no row to keep.
      if (verdict.kind !== 'accepted' || verdict.rows === 0) return;
      batch.rows += verdict.rows;
      const { task, rows } = pages[index] as ReceivedPage;
      if (isUndated(task.resource)) batch.undatedTasks.add(task.number);
      else batch.received = addTotals([...batch.received, ...(rows.received ?? [])]);
      const { text, bytes } = this.judged[index] as OfferedRow;
      batch.pages.push({ text, bytes: batch.stack.put(bytes) });
    });
  }

  /** What a landing file holds; of accounts, which have no prices, only how many rows. */
  private async read(batch: PageBatch, path: string): Promise<LandingFile> {
    const from = `read_parquet(${sqlText(path)})`;
    if (batch.resource === 'accounts') {
      const [[count] = []] = await this.writing.texts(path, `select count(*) from ${from}`);
      requireSameRows(batch, wholeNumber(count));
      return { rows: batch.rows, controls: [] };
    }
    const undated = [...batch.undatedTasks].join(', ');
    const isWhole = undated === '' ? 'true' : `task_number not in (${undated})`;
    await this.writing.run(
      'landing_batch',
      `create or replace temp view landing_batch as select price, price_unit, ${isWhole} as is_whole from ${from}`,
    );
    const query = this.query('landing_controls');
    const rows = await this.writing.texts(query.name, query.sql);
    const controls = rows.map(controlOf);
    const landed = controls.reduce((sum, control) => sum + control.rows, 0);
    requireSameRows(batch, landed);
    const whole = rows.map(([currency = '', , , , ...figures]) => controlOf([currency, ...figures]));
    requireSameTotals(batch, whole);
    return { rows: batch.rows, controls };
  }

  private batchOf(resource: LandedResource): PageBatch {
    const known = this.batches.get(resource);
    if (known !== undefined) return known;
    const stack = this.shelf.begin();
    const batch = { resource, pages: [], stack, rows: 0, received: [], undatedTasks: new Set<number>() };
    this.batches.set(resource, batch);
    return batch;
  }

  private query(name: string): Query {
    return queryNamed(this.queries, name);
  }
}

/** The relation that the queries of received pages read. */
async function receivePages(database: Database, queries: ReadonlyMap<string, Query>, source: string): Promise<void> {
  await makeMacros(database, queries);
  await database.run(
    'received_pages',
    `create temp view received_pages as
       select unnest(from_json_strict(text, ${sqlText(originStructure)})), decode(bytes) as rows_text from ${source}()`,
  );
}

const controlOf = ([currency, rows, priced, sum]: TextRow): ControlTotal => ({
  currency: currency ?? '',
  rows: wholeNumber(rows),
  priced: wholeNumber(priced),
  sum: sum ?? '',
});

const wholeNumber = (text: string | null | undefined): number => Number.parseInt(text ?? '0', 10);

/** From the counts of queries/raw/verdict_*.sql to a verdict. A page without rows has no counts. */
function judge(counts: TextRow | undefined, { task, rows: slim }: ReceivedPage): PageVerdict {
  const [rows = 0, foreign = 0, outside = 0, incomplete = 0, oddSids = 0, unordered = 0, dropped = 0] = (counts ?? [])
    .slice(1)
    .map(wholeNumber);
  if (foreign > 0) return { kind: 'refused', detail: `${foreign} of its ${rows} rows belong to another account` };
  if (outside > 0) {
    return {
      kind: 'refused',
      detail: `${outside} of its ${rows} rows lie outside the window: Twilio ignored the filter`,
    };
  }
  if (incomplete > 0) return { kind: 'refused', detail: `${incomplete} of its ${rows} rows lack a required field` };
  const ambiguity = task.resource === 'accounts' ? undefined : ambiguousPrices(rows, slim);
  if (ambiguity !== undefined) return { kind: 'refused', detail: ambiguity };
  const warnings: string[] = [];
  if (oddSids > 0) warnings.push(`${oddSids} rows have a sid that has not Twilio's form; they are kept`);
  if (slim.quoted > 0) warnings.push(`${slim.quoted} prices came as JSON numbers; they are taken by their text`);
  return { kind: 'accepted', rows: rows - dropped, inOrder: unordered === 0, warnings };
}

/** Each row must have one price and one unit: a price that nobody can tell the row of is in no control total. */
function ambiguousPrices(rows: number, { priceKeys, received }: SlimRows): string | undefined {
  if (priceKeys < rows) return `${rows - priceKeys} of its ${rows} rows have no field "price"`;
  if (priceKeys > rows) return `its ${rows} rows have ${priceKeys} fields "price": nobody can tell which count`;
  return received === undefined ? 'some of its rows have not one field "price_unit", a text or null' : undefined;
}
