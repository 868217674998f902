import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { CsvRecord } from '../domain/csv-record.js';
import { ConfigError } from '../domain/errors.js';
import { escapeFormula, holdsTexts } from '../domain/formula.js';
import { utf8Of } from './files.js';

/** A column's DuckDB type decides whether its texts may be escaped: those that hold texts may, numbers and dates never. */
export interface CsvColumn {
  readonly name: string;
  readonly type: string;
}

/** Exact texts in column order, as DuckDB wrote them. */
export type CsvRow = readonly (string | null)[];

export interface CsvOptions {
  readonly lineEnd?: '\n' | '\r\n';
  /** A byte order mark first, which makes Excel read UTF-8, and lines that end with CR LF. */
  readonly excel?: boolean;
}

/**
 * RFC 4180 with a header. Null is an empty field, the empty text is `""`, as DuckDB writes them. Fields are quoted
 * only where they must be.
 */
export function csvText(columns: readonly CsvColumn[], rows: readonly CsvRow[], options: CsvOptions = {}): string {
  return csvHeader(columns, options) + csvBody(columns, rows, options);
}

/** The same text in pieces: the header, then one for each chunk of rows. */
export async function* csvPieces(
  columns: readonly CsvColumn[],
  chunks: AsyncIterable<readonly CsvRow[]>,
  options: CsvOptions = {},
): AsyncGenerator<string> {
  yield csvHeader(columns, options);
  for await (const rows of chunks) if (rows.length > 0) yield csvBody(columns, rows, options);
}

const csvHeader = (columns: readonly CsvColumn[], options: CsvOptions): string =>
  (options.excel === true ? '\uFEFF' : '') + write([columns.map(({ name }) => escapeFormula(name))], options);

function csvBody(columns: readonly CsvColumn[], rows: readonly CsvRow[], options: CsvOptions): string {
  const isText = columns.map(({ type }) => holdsTexts(type));
  return write(
    rows.map((row) => row.map((field, index) => (field !== null && isText[index] ? escapeFormula(field) : field))),
    options,
  );
}

const write = (rows: readonly CsvRow[], options: CsvOptions): string =>
  stringify(
    rows.map((row) => [...row]),
    // csv-stringify's own `escape_formulas` knows no column types: it would turn -0.0075 into a text.
    { record_delimiter: recordEnd(options), quoted_match: [/^$/, /[\r\n#]/], escape_formulas: false },
  );

const recordEnd = ({ lineEnd, excel }: CsvOptions): string => lineEnd ?? (excel === true ? '\r\n' : '\n');

export interface ReadCsv {
  readonly records: readonly CsvRecord[];
  /** What is wrong with the file as CSV, with its line; the records before it are there all the same. */
  readonly problems: readonly string[];
}

/** Records with the line that each begins on. Empty lines are left out; a byte order mark is no part of the text. */
export function readCsvText(text: string): ReadCsv {
  const records: CsvRecord[] = [];
  let line = 1;
  const take = (record: string[], { lines }: { lines: number }): null => {
    if (record.length > 1 || record[0] !== '') records.push({ line, fields: record });
    line = lines + 1;
    return null;
  };
  try {
    // Line ends are counted as one each, whatever their kind, so that line numbers are those of an editor.
    const normalised = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
    parse(normalised, { relax_column_count: true, record_delimiter: '\n', on_record: take });
    return { records, problems: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { records, problems: [`line ${line}: ${describe(error)}`] };
  }
}

/** Reads a CSV file a person wrote. A file that cannot be read, or is not UTF-8, is a problem and no crash. */
export async function readCsvFile(path: string): Promise<ReadCsv> {
  const unread = (reason: string): ReadCsv => ({ records: [], problems: [`cannot be read: ${reason}`] });
  try {
    const text = utf8Of(await readFile(path));
    return text === undefined ? unread('it is not UTF-8 text') : readCsvText(text);
  } catch (error) {
    return unread(String(error));
  }
}

/** The rows of such a file. @throws ConfigError with every problem, each with the file and the line */
export async function readRows<Row>(
  path: string,
  parse: (records: readonly CsvRecord[], problems: string[]) => readonly Row[],
): Promise<readonly Row[]> {
  const { records, problems: csvProblems } = await readCsvFile(path);
  const problems = [...csvProblems];
  const rows = problems.length > 0 ? [] : parse(records, problems);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path}: ${problem}`));
  return rows;
}

function describe(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands inside a field that does not begin with one; write "" inside quotes for a quote';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text follows a closing quote; write "" inside quotes for a quote';
    default:
      return `is no CSV (${error.code})`;
  }
}
