import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';

/**
 * LibreOffice help, Filter Options for CSV: comma, quote, UTF-8, from the first line. Out of it: numbers and dates as they are and not as they are
 * shown, no formula's text, all sheets. Into it: what looks like a date is one, and formulas are worked out.
 */
const csvFilter = 'Text - txt - csv (StarCalc)';
const csvOut = `csv:${csvFilter}:44,34,76,1,,0,false,true,false,false,false,-1`;
const csvIn = `--infilter=${csvFilter}:44,34,76,1,,0,false,true,false,false,false,,true`;

export type OfficeSheets = ReadonlyMap<string, string[][]>;

/** What LibreOffice makes of a workbook or a CSV: the sheets by name, as texts. */
export async function openInLibreOffice(path: string, folder: string): Promise<OfficeSheets> {
  return (await openAllInLibreOffice([path], folder)).get(path) ?? new Map();
}

/** The same of several files of one kind, by path: starting takes longer than reading. It has a profile of its own in `folder`. */
export async function openAllInLibreOffice(
  paths: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, OfficeSheets>> {
  const profile = pathToFileURL(join(folder, 'office-profile')).href;
  const output = await mkdtemp(join(folder, 'office-output-'));
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const read = paths.every((path) => path.endsWith('.csv')) ? [csvIn] : [];
  const options = [...read, '--headless', '--norestore', '--convert-to', csvOut, '--outdir', output, ...paths];
  await promisify(execFile)('soffice', [`-env:UserInstallation=${profile}`, ...options], { env: environment });
  const files = await readdir(output);
  const books = paths.map(async (path) => [path, await sheetsOf(output, files, path)] as const);
  return new Map(await Promise.all(books));
}

/** LibreOffice writes `<file>-<sheet>.csv` for each sheet. */
async function sheetsOf(output: string, files: readonly string[], path: string): Promise<OfficeSheets> {
  const stem = `${basename(path).replace(/\.\w+$/, '')}-`;
  const sheets = new Map<string, string[][]>();
  for (const file of files.filter((name) => name.startsWith(stem))) {
    const text = await readFile(join(output, file), 'utf8');
    const rows = parse(text, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: false });
    sheets.set(file.slice(stem.length, -'.csv'.length), rows);
  }
  return sheets;
}
