import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One row of a published CSV: column name → text, with the escape against formulas undone. */
export type Row = Readonly<Record<string, string>>;

/**
 * What a spreadsheet would run, it must show: such a text stands behind one apostrophe. Written from the rule, not from the
 * product: first come blanks, control or invisible characters and apostrophes, then = + - @ or one of their wide forms.
 */
const escaped = /^'(?='*[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|'*[\t\r\n])/u;

export const isEscaped = (text: string): boolean => escaped.test(text);

/** The raw fields of a CSV file, header first. */
export async function readFields(path: string): Promise<string[][]> {
  return parse(await readFile(path, 'utf8'), { relax_column_count: false }) as string[][];
}

/** The rows of a CSV file by column name. */
export async function readRows(path: string): Promise<Row[]> {
  const [header = [], ...rows] = await readFields(path);
  return rows.map((row) =>
    Object.fromEntries(header.map((name, index) => [name, (row[index] ?? '').replace(escaped, '')])),
  );
}

/** Every file below a folder with its bytes' SHA-256, sorted by path: two folders are the same where these are. */
export async function hashesOf(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of await filesBelow(folder)) {
    hashes[relative(folder, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return hashes;
}

/** Paths of all files below a folder, sorted; none where the folder does not exist. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
