import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
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

/** What LibreOffice makes of a workbook or a CSV: the sheets by name, as texts. It runs with a profile of its own in `folder`. */
export async function openInLibreOffice(path: string, folder: string): Promise<ReadonlyMap<string, string[][]>> {
  const profile = pathToFileURL(join(folder, 'office-profile')).href;
  const output = join(folder, `office-${basename(path)}`);
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const read = path.endsWith('.csv') ? [csvIn] : [];
  const options = [...read, '--headless', '--norestore', '--convert-to', csvOut, '--outdir', output, path];
  await promisify(execFile)('soffice', [`-env:UserInstallation=${profile}`, ...options], { env: environment });
  const stem = `${basename(path).replace(/\.\w+$/, '')}-`;
  const sheets = new Map<string, string[][]>();
  for (const file of await readdir(output)) {
    const name = file.slice(stem.length, -'.csv'.length);
    const text = await readFile(join(output, file), 'utf8');
    sheets.set(name, parse(text, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: false }));
  }
  return sheets;
}
