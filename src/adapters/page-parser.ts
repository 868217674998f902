import { InvariantError, QueryError } from '../domain/errors.js';
import { landingMemoryMb } from '../domain/limits.js';
import type { ControlTotal } from '../domain/manifest.js';
import type { Query } from '../domain/query.js';
import { type LandedResource, rowsKey } from '../domain/resource.js';
import type { PageVerdict, ReceivedPage } from '../domain/task.js';
import { Database, type SqlParameter, type SqlParameters, sqlText, type TextRow } from './duckdb.js';
import { makeMacros } from './ledger.js';
import { Scratch, type SlimRows, slimRows } from './slim-rows.js';

export interface LandingFile {
  readonly rows: number;
  readonly controls: readonly ControlTotal[];
}

/**
 * Turns pages into landing files with a DuckDB of its own, in memory and without a folder for temporary files: message
 * bodies and whole phone numbers never touch the disk. Rows go from text to columns inside DuckDB; JavaScript sees counts.
 */
export class PageParser {
  private pageKey = 0n;
  private readonly scratch = new Scratch();
  private readonly rowCounts = new Map<LandedResource, number>();

  private constructor(
    private readonly database: Database,
    private readonly queries: ReadonlyMap<string, Query>,
    private readonly phoneNumbers: 'keep' | 'mask',
    private readonly run: number,
  ) {}

  static async open(
    queries: ReadonlyMap<string, Query>,
    options: { phoneNumbers: 'keep' | 'mask'; run: number },
  ): Promise<PageParser> {
    const database = await Database.open(':memory:', { memoryMb: landingMemoryMb, temporaryFolder: '', threads: 1 });
    const parser = new PageParser(database, queries, options.phoneNumbers, options.run);
    await makeMacros(database, queries);
    // In memory there is nothing to checkpoint to; without this DuckDB would compress the batches every 16 MB.
    await database.run('checkpoint_threshold', "set checkpoint_threshold = '1TB'");
    await parser.emptyPages();
    await database.run(
      'received_pages',
      `create view received_pages as
         select page_key, cast(run_number as integer) as run_number, cast(task_number as integer) as task_number,
           cast(page_number as integer) as page_number, cast(observed_at as timestamp) as observed_at, decode(rows_bytes) as rows_text
         from received_page_bytes`,
    );
    await database.run(
      'page_expectations',
      `create view page_expectations as
         select page_key, account_sid,
           cast(window_start as timestamp) as window_start, cast(window_end as timestamp) as window_end
         from received_page_bytes`,
    );
    for (const resource of Object.keys(rowsKey) as LandedResource[]) await parser.makeBatch(resource);
    return parser;
  }

  /** Rows that were accepted and are not yet in a file. */
  rowCount(resource: LandedResource): number {
    return this.rowCounts.get(resource) ?? 0;
  }

  /** Parses pages of one resource together; one verdict each, in order. Only accepted pages stay in the batch. */
  async parse(resource: LandedResource, pages: readonly ReceivedPage[]): Promise<PageVerdict[]> {
    const verdicts = await this.parseTogether(resource, pages, true);
    if (verdicts !== undefined) return verdicts;
    const [only] = pages;
    if (only !== undefined && pages.length === 1) {
      const malformed: PageVerdict = { kind: 'malformed', detail: 'its rows are not well-formed JSON' };
      return (await this.parseTogether(resource, [only], false)) ?? [malformed];
    }
    // One of them is damaged inside: alone, each is told apart.
    const apart: PageVerdict[] = [];
    for (const page of pages) apart.push(...(await this.parse(resource, [page])));
    return apart;
  }

  /** Writes the batch as Parquet to `path`, empties it, and says what is in it. */
  async write(resource: LandedResource, path: string, sequence: number): Promise<LandingFile> {
    const table = `received_${resource}`;
    const columns = this.query(table)
      .columns.filter((column) => column.name !== 'page_key')
      .map((column) => `"${column.name}"`)
      .join(', ');
    const controls = resource === 'accounts' ? [] : await this.controls(table);
    await this.database.run(
      path,
      `copy (select ${columns}, cast(${sequence} as bigint) as landing_sequence from ${table})
       to ${sqlText(path)} (format parquet, compression zstd, row_group_size 20480)`,
    );
    const rows = this.rowCount(resource);
    await this.makeBatch(resource);
    return { rows, controls };
  }

  close(): void {
    this.database.close();
  }

  private async parseTogether(
    resource: LandedResource,
    pages: readonly ReceivedPage[],
    slimming: boolean,
  ): Promise<PageVerdict[] | undefined> {
    const firstKey = this.pageKey;
    const slimmed: Omit<SlimRows, 'rows'>[] = [];
    await this.emptyPages();
    await this.database.append('received_page_bytes', this.pageRows(pages, slimming, slimmed));
    this.pageKey += BigInt(pages.length);
    const table = `received_${resource}`;
    try {
      await this.runQuery(`insert into ${table} `, table);
    } catch (error) {
      if (error instanceof QueryError && /malformed json/i.test(error.message)) return undefined;
      throw error;
    }
    const rows = await this.verdictRows(resource, firstKey);
    const verdicts = pages.map((_, index) =>
      judge(rows.get(String(firstKey + BigInt(index))), slimmed[index], resource),
    );
    await this.keepAccepted(resource, firstKey, verdicts);
    return verdicts;
  }

  /** One row for the table of pages after the other: each is appended before the next is made, so they share the scratch. */
  private *pageRows(
    pages: readonly ReceivedPage[],
    slimming: boolean,
    slimmed: Omit<SlimRows, 'rows'>[],
  ): Generator<(SqlParameter | Buffer)[]> {
    let key = this.pageKey;
    for (const { task, pageNumber, observedAt, rows } of pages) {
      const slim = slimRows(rows, this.scratch, slimming);
      slimmed.push({ priceKeys: slim.priceKeys, quoted: slim.quoted });
      yield [
        key,
        task.accountSid,
        task.window?.start ?? null,
        task.window?.end ?? null,
        BigInt(this.run),
        BigInt(task.number),
        BigInt(pageNumber),
        observedAt,
        slim.rows,
      ];
      key += 1n;
    }
  }

  private async verdictRows(resource: LandedResource, firstKey: bigint): Promise<Map<string, TextRow>> {
    const query = this.query(`verdict_${resource}`);
    const rows = await this.database.texts(query.name, query.sql, { first_page_key: firstKey });
    return new Map(rows.map((row) => [String(row[0]), row]));
  }

  private async keepAccepted(resource: LandedResource, firstKey: bigint, verdicts: PageVerdict[]): Promise<void> {
    let kept = this.rowCount(resource);
    const dropped: bigint[] = [];
    verdicts.forEach((verdict, index) => {
      if (verdict.kind === 'accepted') kept += verdict.rows;
      else dropped.push(firstKey + BigInt(index));
    });
    this.rowCounts.set(resource, kept);
    if (dropped.length > 0) {
      await this.database.run(
        'refused pages',
        `delete from received_${resource} where page_key in (${dropped.join(', ')})`,
      );
    }
  }

  private async controls(table: string): Promise<ControlTotal[]> {
    await this.database.run(
      'landing_batch',
      `create or replace temp view landing_batch as select price, price_unit from ${table}`,
    );
    const query = this.query('landing_controls');
    const rows = await this.database.texts(query.name, query.sql);
    return rows.map(([currency, count, priced, sum]) => ({
      currency: currency ?? '',
      rows: Number.parseInt(count ?? '', 10),
      priced: Number.parseInt(priced ?? '', 10),
      sum: sum ?? '',
    }));
  }

  /** Made anew each time: DuckDB 1.5 keeps the long texts of a truncated table in memory, those of a replaced one not. */
  private emptyPages(): Promise<void> {
    return this.database.run(
      'received_page_bytes',
      `create or replace table received_page_bytes (
         page_key bigint, account_sid varchar, window_start varchar, window_end varchar,
         run_number bigint, task_number bigint, page_number bigint, observed_at varchar, rows_bytes blob)`,
    );
  }

  private async makeBatch(resource: LandedResource): Promise<void> {
    const query = this.query(`received_${resource}`);
    const columns = query.columns.map((column) => `"${column.name}" ${column.type}`).join(', ');
    await this.database.run(query.name, `create or replace table ${query.name} (${columns})`);
    this.rowCounts.set(resource, 0);
  }

  private runQuery(prefix: string, name: string): Promise<void> {
    const query = this.query(name);
    const parameters: SqlParameters = query.parameters.some((one) => one.name === 'phone_numbers')
      ? { phone_numbers: this.phoneNumbers }
      : {};
    return this.database.run(name, prefix + query.sql.replace(/^(--.*\n)+/, ''), parameters);
  }

  private query(name: string): Query {
    const query = this.queries.get(name);
    if (query === undefined) throw new InvariantError(`no query ${name}`);
    return query;
  }
}

/** From the counts of queries/raw/verdict_*.sql to a verdict. A page without rows has no counts. */
function judge(
  counts: TextRow | undefined,
  slimmed: Omit<SlimRows, 'rows'> | undefined,
  resource: LandedResource,
): PageVerdict {
  const { priceKeys = 0, quoted = 0 } = slimmed ?? {};
  const [rows = 0, foreign = 0, outside = 0, incomplete = 0, oddSids = 0] = (counts ?? [])
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
  if (resource !== 'accounts' && priceKeys < rows) {
    return { kind: 'refused', detail: `${rows - priceKeys} of its ${rows} rows have no field "price"` };
  }
  const warnings: string[] = [];
  if (oddSids > 0) warnings.push(`${oddSids} rows have a sid that has not Twilio's form; they are kept`);
  if (quoted > 0) warnings.push(`${quoted} prices came as JSON numbers; they are taken by their text`);
  return { kind: 'accepted', rows, warnings };
}
