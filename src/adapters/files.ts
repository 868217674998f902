import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DiskFullError, StorageError } from '../domain/errors.js';

/** Secrets and customers' figures are for the owner only. */
export const folderMode = 0o700;
export const fileMode = 0o600;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Runs a file operation and turns the operating system's refusal into our error, with what to do next. */
export async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new DiskFullError(`disk full: ${what}. Free space and run again; nothing half-written counts.`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(`${what}: ${reason}. Check the folder and its permissions.`, { cause: error });
  }
}

export const makeFolder = (path: string): Promise<unknown> =>
  guarded(`cannot make the folder ${path}`, () => mkdir(path, { recursive: true, mode: folderMode }));

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

/** The text of a file, or undefined where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  return (await readBytes(path))?.toString('utf8');
}

/** Text that a person wrote, without the byte order mark that some editors begin with; undefined where it is not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file. */
export async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a finished file durable under its final name: fsync, rename, fsync of the folder. */
export const commitFile = (temporaryPath: string, finalPath: string): Promise<void> =>
  guarded(`cannot write ${finalPath}`, async () => {
    const handle = await open(temporaryPath, 'r+');
    try {
      await handle.chmod(fileMode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporaryPath, finalPath);
    await syncPath(dirname(finalPath));
  });

/** A copy of a file that survives a crash, in a folder that is made where there is none. */
export async function copyDurably(fromPath: string, toPath: string): Promise<void> {
  await makeFolder(dirname(toPath));
  await guarded(`cannot copy ${fromPath} to ${toPath}`, () => copyFile(fromPath, toPath));
  await commitFile(toPath, toPath);
}

export const writeText = (path: string, text: string): Promise<void> =>
  guarded(`cannot write ${path}`, () => writeFile(path, text, { mode: fileMode, flush: true }));

export const removePath = (path: string): Promise<void> =>
  guarded(`cannot remove ${path}`, () => rm(path, { recursive: true, force: true }));

/** Landing files are two or three megabytes: read in small pieces, they cost more in pieces than in hashing. */
const digestBytes = 1024 * 1024;

/** SHA-256 in hexadecimal and the length of a file, read as a stream. */
export async function digestFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: digestBytes })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

export const sha256Of = (data: string): string => createHash('sha256').update(data).digest('hex');

/** Every file below a folder, as paths relative to it, sorted; nothing where there is no folder. */
export async function listFiles(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * Puts a finished folder in the place of another. Between the two renames there is no folder for an instant; a crash
 * there is mended by `recoverFolder`, which every run calls first.
 */
export const replaceFolder = (freshPath: string, finalPath: string): Promise<void> =>
  guarded(`cannot publish ${finalPath}`, async () => {
    await syncPath(freshPath);
    const previousPath = `${finalPath}.previous`;
    await rm(previousPath, { recursive: true, force: true });
    if (await exists(finalPath)) await rename(finalPath, previousPath);
    await rename(freshPath, finalPath);
    await syncPath(dirname(finalPath));
    await rm(previousPath, { recursive: true, force: true });
  });

/** After a crash in `replaceFolder`: the previous set comes back where no new one took its place. */
export const recoverFolder = (finalPath: string): Promise<void> =>
  guarded(`cannot recover ${finalPath}`, async () => {
    const previousPath = `${finalPath}.previous`;
    if (!(await exists(previousPath))) return;
    if (await exists(finalPath)) await rm(previousPath, { recursive: true, force: true });
    else await rename(previousPath, finalPath);
  });
