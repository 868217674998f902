import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../src/adapters/duckdb.js';
import { dataFolderOf } from './pipeline-run.js';

interface LandedLine {
  sequence: number;
  previous: string;
  kind: string;
  file?: string;
  sha256?: string;
  bytes?: number;
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Rewrites the first landing file of a resource as `select` makes it of `landing`, with the hash that fits it in the manifest
 * and every line behind it chained anew: nothing but its figures can tell. Answers the file's name.
 */
export async function editLanding(folder: string, resource: string, select: string): Promise<string> {
  const data = dataFolderOf(folder);
  const manifest = join(data, 'manifest.jsonl');
  const lines = (await readFile(manifest, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LandedLine);
  const line = lines.find((one) => one.kind === 'landed' && one.file?.endsWith(`-${resource}.parquet`));
  if (line?.file === undefined) throw new Error(`no landing file of ${resource}`);
  const path = join(data, line.file);
  const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '', threads: 1 });
  try {
    await database.run('landing', `create table landing as select * from read_parquet('${path}')`);
    await database.run(path, `copy (${select}) to '${path}' (format parquet)`);
  } finally {
    database.close();
  }
  line.sha256 = sha256(await readFile(path));
  line.bytes = (await stat(path)).size;
  let previous = '0'.repeat(64);
  let text = '';
  for (const one of lines) {
    const chained = JSON.stringify({ ...one, previous });
    previous = sha256(chained);
    text += `${chained}\n`;
  }
  await writeFile(manifest, text);
  return line.file;
}
