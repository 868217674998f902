import { ConfigError } from './errors.js';
import { monthsOf, monthWindow, piecesOf, type Window } from './period.js';
import type { Query } from './query.js';

export const reportFormats = ['csv', 'json', 'ndjson', 'parquet', 'xlsx', 'md'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Formats that are no text. */
export const isBinary = (format: ReportFormat): boolean => format === 'parquet' || format === 'xlsx';

export const periods = ['day', 'month'] as const;
/** A report is made for each day, or each month, of the range by itself. */
export type Period = (typeof periods)[number];

/** What is left of a report's rows. An empty list leaves all. */
export interface Filters {
  readonly customers: readonly string[];
  readonly accounts: readonly string[];
  readonly currencies: readonly string[];
}

/** What somebody asked for on the command line. */
export interface ReportRequest {
  readonly format: ReportFormat;
  /** A file, or a folder where more than one report is asked for; undefined = stdout. */
  readonly output: string | undefined;
  /** CSV as Excel opens it by a double click. */
  readonly excel: boolean;
  readonly groupBy: Period | undefined;
  readonly filters: Filters;
}

type Flags = Readonly<Record<string, string | string[] | boolean | undefined>>;

const extensions: ReadonlyMap<string, ReportFormat> = new Map([
  ...reportFormats.map((format) => [format, format] as const),
  ['jsonl', 'ndjson'],
  ['markdown', 'md'],
]);
/** Endings that promise what no report is; CSV under such a name would not open. */
const otherFormats = new Set(['xls', 'xlsm', 'xlsb', 'ods', 'pdf', 'html', 'gz', 'zip']);

/** @throws ConfigError with everything that is wrong with it */
export function readRequest(names: readonly string[], flags: Flags, accounts: readonly string[]): ReportRequest {
  const problems: string[] = [];
  const text = (name: string): string | undefined => {
    const value = flags[name];
    return typeof value === 'string' ? value : undefined;
  };
  const list = (name: string): readonly string[] => (Array.isArray(flags[name]) ? flags[name] : []);
  const output = text('output');
  const format = formatOf(text('format'), names.length > 1 ? undefined : output, flags.json === true, problems);
  if (output === '') problems.push('--output is empty: name a file, or leave it out for stdout.');
  const groupBy = periods.find((period) => period === text('groupBy'));
  if (flags.groupBy !== undefined && groupBy === undefined)
    problems.push(`--group-by ${text('groupBy')} is not known: ${periods.join(' or ')}.`);
  const excel = flags.excel === true;
  if (excel && format !== 'csv') problems.push('--excel is about CSV; --format xlsx writes a workbook.');
  for (const currency of list('currency')) {
    if (!/^[A-Z]{3}$/.test(currency)) problems.push(`--currency ${currency} is not an ISO 4217 code, as USD.`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const filters = { customers: list('customer'), accounts, currencies: list('currency') };
  return { format, output, excel, groupBy, filters };
}

function formatOf(
  format: string | undefined,
  output: string | undefined,
  json: boolean,
  problems: string[],
): ReportFormat {
  const known = reportFormats.find((one) => one === format);
  if (format !== undefined && known === undefined)
    problems.push(`--format ${format} is not known: ${reportFormats.join(', ')}.`);
  const extension = /\.([a-z]+)$/.exec((output ?? '').toLowerCase())?.[1] ?? '';
  const byName = extensions.get(extension);
  if (format === undefined && otherFormats.has(extension))
    problems.push(`--output ${output}: .${extension} is not written; name it .xlsx or .csv, or say --format.`);
  return known ?? byName ?? (json ? 'ndjson' : 'csv');
}

/** The windows that a report is made for, oldest first: the range itself, or each day or month of it. */
export function windowsOf(range: Window, period: Period | undefined): Window[] {
  if (period === undefined) return [range];
  if (period === 'day') return piecesOf(range, 1);
  return monthsOf(range).map((month) => {
    const { start, end } = monthWindow(month);
    return { start: start < range.start ? range.start : start, end: end > range.end ? range.end : end };
  });
}

/**
 * The report with a first column for the day, or the month, that each row is of: the first day of a month, or of its part in the range.
 * Unchanged where it has such a column.
 */
export function byPeriod(query: Query, period: Period | undefined): Query {
  if (period === undefined || query.columns.some(({ name }) => name === period)) return query;
  return {
    ...query,
    columns: [{ name: period, type: 'DATE', note: 'UTC' }, ...query.columns],
    grain: [period, ...query.grain],
    order: query.order.length === 0 ? [] : [period, ...query.order],
  };
}
