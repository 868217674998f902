import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestLine } from '../../src/domain/manifest.js';
import { dataFolderOf } from './pipeline-run.js';

/** Every line of a data folder's manifest that is whole. */
export async function manifestOf(folder: string): Promise<ManifestLine[]> {
  const text = await readFile(join(dataFolderOf(folder), 'manifest.jsonl'), 'utf8').catch(() => '');
  // The last line of a program that was killed may be cut.
  const whole = text.split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as ManifestLine);
}
