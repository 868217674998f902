import './duckdb-memory.js';
import {
  BLOB,
  DATE,
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBTableFunction,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import accessors from '@duckdb/node-api/lib/vectors/dataAccessors.js';
import { DiskFullError, LockedError, QueryError, StorageError } from '../domain/errors.js';

// The client's own decoder takes a text's first character for a byte order mark and drops it where it is U+FEFF.
Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });

/** What a query parameter may be: text, a whole number, or a UTC day. Never a binary floating point number. */
export type SqlParameter = string | bigint | null | { readonly day: string };
export type SqlParameters = Readonly<Record<string, SqlParameter>>;
/** One row of a table function of ours. */
export interface OfferedRow {
  readonly text: string;
  readonly bytes: Buffer;
}
/** Every value of a result as DuckDB's own exact text; null stays null. */
export type TextRow = readonly (string | null)[];

export interface DatabaseOptions {
  readonly memoryMb: number;
  /** Where DuckDB may spill; empty means nowhere: an error rather than a temporary file. */
  readonly temporaryFolder: string;
  readonly threads?: number | undefined;
  /** Nothing of the file is changed, not even what a killed process left beside it. */
  readonly readOnly?: boolean | undefined;
}

/** One DuckDB instance with one connection: the only place that knows the client library. */
export class Database {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /**
   * Opens a database file, or `:memory:`.
   * @throws LockedError where another process has the file open; StorageError where it is no sound database.
   */
  static async open(path: string, options: DatabaseOptions): Promise<Database> {
    try {
      const instance = await DuckDBInstance.create(path, {
        memory_limit: `${options.memoryMb}MB`,
        temp_directory: options.temporaryFolder,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
        ...(options.readOnly === true ? { access_mode: 'READ_ONLY' } : {}),
      });
      return new Database(instance, await connectInUtc(instance));
    } catch (error) {
      throw translate(path, error);
    }
  }

  /** A second connection to the same instance, for work side by side. */
  async connect(): Promise<Database> {
    return new Database(this.instance, await connectInUtc(this.instance));
  }

  /** Runs one or more statements for their effect. `name` is what an error is blamed on: a query file or a step. */
  async run(name: string, sql: string, parameters: SqlParameters = {}): Promise<void> {
    try {
      const { values, types } = bind(parameters);
      await this.connection.run(sql, values, types);
    } catch (error) {
      throw translate(name, error);
    }
  }

  /** All rows of a small result as texts. */
  async texts(name: string, sql: string, parameters: SqlParameters = {}): Promise<TextRow[]> {
    const rows: TextRow[] = [];
    for await (const chunk of this.chunks(name, sql, parameters)) rows.push(...chunk);
    return rows;
  }

  /** Streams a result of any size as chunks of texts. */
  async *chunks(name: string, sql: string, parameters: SqlParameters = {}): AsyncGenerator<TextRow[]> {
    try {
      const { values, types } = bind(parameters);
      const result = await this.connection.stream(sql, values, types);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk.getRows().map((row) => row.map(textOf));
      }
    } catch (error) {
      throw translate(name, error);
    }
  }

  /** Names and types of a query's columns, without running it. */
  async describe(name: string, sql: string, parameters: SqlParameters = {}): Promise<{ name: string; type: string }[]> {
    try {
      const { values, types } = bind(parameters);
      const result = await this.connection.stream(sql, values, types);
      return result.columnNames().map((column, index) => ({ name: column, type: String(result.columnType(index)) }));
    } catch (error) {
      throw translate(name, error);
    }
  }

  /** Appends rows of whole numbers and texts, in column order, to a temporary table: for what people write, not for records. */
  async append(table: string, rows: Iterable<readonly SqlParameter[]>): Promise<void> {
    try {
      const appender = await this.connection.createAppender(table, 'main', 'temp');
      for (const row of rows) {
        for (const value of row) appendValue(appender, value);
        appender.endRow();
      }
      appender.closeSync();
    } catch (error) {
      throw translate(table, error);
    }
  }

  /**
   * Makes `name()` a table of `text VARCHAR` and `bytes BLOB`: what `rows` answers when a query begins to read it; for pages, not for
   * records. DuckDB fetches the rows one by one, so that what it works on is small enough for the processor's cache. Two columns and no
   * more: the client makes room for 2048 rows in each, every time, and V8 counts it. While a query runs that reads it, this thread must
   * not wait for DuckDB.
   */
  offer(name: string, rows: () => readonly OfferedRow[]): void {
    const table = DuckDBTableFunction.create({
      name,
      bindFunction: (info) => {
        info.addResultColumn('text', VARCHAR);
        info.addResultColumn('bytes', BLOB);
      },
      initFunction: (info) => info.setInitData({ rows: rows().values() }),
      mainFunction: (info, output) => {
        const { value: row } = (info.initData as { rows: ArrayIterator<OfferedRow> }).rows.next();
        output.rowCount = row === undefined ? 0 : 1;
        if (row === undefined) return;
        output.setColumnValues(0, [row.text]);
        output.setColumnValues(1, [new DuckDBBlobValue(row.bytes)]);
      },
    });
    this.connection.registerTableFunction(table);
  }

  /** From now on; what does not fit is written to the folder for temporary files, where there is one. */
  limitMemory(memoryMb: number): Promise<void> {
    return this.run('memory', `set memory_limit = '${memoryMb}MB'`);
  }

  /**
   * From now on this database reads and writes no file but its own, those for what memory does not hold, and `paths`; loads no extension;
   * and keeps its settings. For good.
   */
  async seal(paths: readonly string[]): Promise<void> {
    await this.run('seal', `set allowed_paths = [${paths.map(sqlText).join(', ')}]`);
    await this.run('seal', 'set enable_external_access = false');
    await this.run('seal', 'set lock_configuration = true');
  }

  /** All of `work` or nothing of it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('begin', 'begin transaction');
    try {
      const result = await work();
      await this.run('commit', 'commit');
      return result;
    } catch (error) {
      // After a failed commit DuckDB has already rolled back, and says so: the first error is the one to tell.
      await this.run('rollback', 'rollback').catch(() => undefined);
      throw error;
    }
  }

  close(): void {
    this.disconnect();
    this.instance.closeSync();
  }

  /** Ends a second connection; the first one closes the instance. */
  disconnect(): void {
    this.connection.closeSync();
  }
}

/** The time zone is each connection's own: without this, times would be read in that of the machine. */
async function connectInUtc(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  return connection;
}

/** A text as an SQL literal, where DuckDB takes no parameter (paths, settings). */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function bind(parameters: SqlParameters): { values: Record<string, DuckDBValue>; types: Record<string, DuckDBType> } {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'object' && value !== null) {
      const [year = 0, month = 0, day = 0] = value.day.split('-').map((part) => Number.parseInt(part, 10));
      values[name] = DuckDBDateValue.fromParts({ year, month, day });
      types[name] = DATE;
    } else values[name] = value;
  }
  return { values, types };
}

function appendValue(appender: DuckDBAppender, value: SqlParameter): void {
  if (value === null) appender.appendNull();
  else if (typeof value === 'bigint') appender.appendBigInt(value);
  else if (typeof value === 'string') appender.appendVarchar(value);
  else appender.appendVarchar(value.day);
}

function textOf(value: DuckDBValue): string | null {
  return value === null ? null : String(value);
}

function translate(name: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const holder = /Conflicting lock is held in .*?\(PID (\d+)\)/.exec(message);
  if (holder) return new LockedError(`another run holds ${name}: process ${holder[1]}. Wait for it, or end it.`);
  if (/Could not set lock/.test(message)) return new LockedError(`another process holds ${name}.`);
  if (/No space left on device|ENOSPC/i.test(message)) {
    return new DiskFullError(
      `disk full while writing (${name}). Free space and run again; nothing half-written counts.`,
    );
  }
  if (/^(IO|Serialization|FATAL|INTERNAL) Error|not a valid DuckDB database/i.test(message)) {
    return new StorageError(`${name}: ${message}`, { cause: error });
  }
  return new QueryError(name, message, error);
}
