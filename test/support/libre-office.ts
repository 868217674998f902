import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';

/**
 * Comma, quote, UTF-8, from the first line; numbers and dates as they are and not as they are shown, no formula's text, all sheets (LibreOffice
 * help, Filter Options for CSV).
 */
const toCsv = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1';

/**
 * What LibreOffice makes of a file: the sheets by name, as texts. It runs with a profile of its own in `folder`, and reads the file as it
 * would on a double click.
 */
export async function openInLibreOffice(
  path: string,
  folder: string,
): Promise<ReadonlyMap<string, readonly string[][]>> {
  const profile = pathToFileURL(join(folder, 'office-profile')).href;
  const output = join(folder, `office-${basename(path)}`);
  const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
  const options = ['--headless', '--norestore', '--convert-to', toCsv, '--outdir', output, path];
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
