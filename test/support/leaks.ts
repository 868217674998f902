import { readFile } from 'node:fs/promises';
import { Database } from '../../src/adapters/duckdb.js';
import { filesBelow } from './published.js';

/** Something that may be searched: where it is, and its bytes. */
export interface Haystack {
  readonly place: string;
  readonly bytes: Buffer;
}

/** Every file below the folders as it lies on disk, and the text of what is compressed in Parquet files and databases. */
export async function haystacksOf(...folders: string[]): Promise<Haystack[]> {
  const found: Haystack[] = [];
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) {
      found.push({ place: path, bytes: await readFile(path) });
      if (path.endsWith('.parquet')) found.push({ place: `${path}, decoded`, bytes: await tableText(path) });
      if (path.endsWith('.duckdb')) found.push({ place: `${path}, decoded`, bytes: await databaseText(path) });
    }
  }
  return found;
}

async function tableText(path: string): Promise<Buffer> {
  const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '' });
  try {
    return await rowsText(database, `'${path}'`);
  } finally {
    database.close();
  }
}

async function databaseText(path: string): Promise<Buffer> {
  const database = await Database.open(path, { memoryMb: 256, temporaryFolder: '' });
  try {
    const tables = await database.texts(path, 'select table_name from duckdb_tables() where not temporary');
    const texts: Buffer[] = [];
    for (const [table] of tables) texts.push(await rowsText(database, `"${table}"`));
    return Buffer.concat(texts);
  } finally {
    database.close();
  }
}

async function rowsText(database: Database, table: string): Promise<Buffer> {
  const rows = await database.texts(table, `select cast(t as varchar) from ${table} as t`);
  return Buffer.from(rows.map(([text]) => text).join('\n'));
}

/** A secret as it may stand somewhere: as it is, escaped for a URL, and in base64 at each of its three alignments. */
function* disguises(secret: string): Generator<string> {
  yield secret;
  yield encodeURIComponent(secret);
  for (const before of ['', 'x', 'xx']) {
    // The first and last characters depend on what stands beside it.
    yield Buffer.from(before + secret)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(before === '' ? 0 : before.length + 1, -2);
  }
}

/** Where any of the secrets stands, in any disguise; told by place and number, so that the report itself leaks nothing. */
export function leaksOf(secrets: readonly string[], haystacks: readonly Haystack[]): string[] {
  const leaks: string[] = [];
  for (const { place, bytes } of haystacks) {
    const text = bytes.toString('latin1');
    for (const [index, secret] of secrets.entries()) {
      for (const disguise of new Set(disguises(secret))) {
        if (text.includes(Buffer.from(disguise).toString('latin1'))) leaks.push(`secret ${index} in ${place}`);
      }
    }
  }
  return leaks;
}
