import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../domain/errors.js';
import type { MonthClosed, SetFile } from '../domain/manifest.js';
import { copyDurably, digestFile, listFiles, removePath, replaceFolder, sha256Of } from './files.js';
import { OutputSet } from './output-set.js';

export interface KeptSet {
  /** Of the lines `<sha256>  <file>`, sorted by file: what `sha256sum` prints of them. */
  readonly sha256: string;
  readonly files: readonly SetFile[];
}

/**
 * Copies a published set durably to a folder of its own. What stands in that folder is of a closing that crashed before the manifest
 * told it, and is replaced. @throws StorageError, DiskFullError
 */
export async function keepSet(publishedFolder: string, keptFolder: string): Promise<KeptSet> {
  const aside = `${keptFolder}.part`;
  await removePath(aside);
  const files: SetFile[] = [];
  for (const file of await listFiles(publishedFolder)) {
    await copyDurably(join(publishedFolder, file), join(aside, file));
    files.push({ file, ...(await digestFile(join(aside, file))) });
  }
  await replaceFolder(aside, keptFolder);
  return { sha256: sha256Of(files.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('')), files };
}

/**
 * Publishes a closed month's set as it was kept; left alone where no byte differs.
 * @throws StorageError naming the file where the kept set is not the one that the manifest knows: then nothing is published
 */
export async function publishKept(
  dataFolder: string,
  outputFolder: string,
  closing: MonthClosed,
): Promise<{ folder: string; changed: boolean }> {
  const set = await OutputSet.begin(outputFolder, closing.month);
  try {
    for (const { file, sha256 } of closing.files) {
      const path = join(dataFolder, closing.folder, file);
      const written = await set.write(file, textOf(path));
      if (written.sha256 !== sha256) throw damaged(path, 'was changed since the month was closed');
    }
    return { folder: set.folder, changed: await set.publish() };
  } catch (error) {
    await set.discard();
    throw error;
  }
}

/** Every file of a set is UTF-8: a byte that is none shows in the hash. */
async function* textOf(path: string): AsyncGenerator<string> {
  try {
    for await (const piece of createReadStream(path, { encoding: 'utf8' })) yield piece as string;
  } catch (error) {
    throw damaged(path, 'cannot be read', error);
  }
}

const damaged = (path: string, what: string, cause?: unknown): StorageError =>
  new StorageError(`${path} ${what}: restore it from a backup. Nothing of that month is published meanwhile.`, {
    cause,
  });
