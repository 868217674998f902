import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { commitFile, fileMode, guarded, makeFolder, removePath } from './files.js';

/** Where a report goes: a file, which is there whole or not at all, or this process's stdout. */
export interface ReportTarget {
  /** A file beside it for what is not written in pieces of text: the database's own, and workbooks. */
  readonly aside: string;
  /** Takes the report as pieces of text. */
  write(pieces: AsyncIterable<string>): Promise<void>;
  /** Takes the file aside as the report. */
  takeAside(): Promise<void>;
}

/** Replaces the file when all of it is written. */
export function fileTarget(path: string): ReportTarget {
  const aside = join(dirname(path), `.${basename(path)}.part`);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await guarded(`cannot write ${path}`, work);
    } catch (error) {
      await removePath(aside);
      throw error;
    }
  };
  return {
    aside,
    write: (pieces) =>
      attempt(async () => {
        await makeFolder(dirname(path));
        const stream = createWriteStream(aside, { mode: fileMode });
        const done = finished(stream);
        try {
          for await (const piece of pieces) {
            // A full or broken disk ends `done`; a slow one is waited for.
            if (!stream.write(piece)) await Promise.race([done, once(stream, 'drain')]);
          }
        } finally {
          stream.end();
        }
        await done;
        await commitFile(aside, path);
      }),
    takeAside: () => attempt(() => commitFile(aside, path)),
  };
}

/** `folder`: for the file aside. A reader that closes early, as `head` does, has had enough: that is no error. */
export function stdoutTarget(folder: string, stdout: NodeJS.WriteStream): ReportTarget {
  const aside = join(folder, 'stdout.part');
  const write = async (pieces: AsyncIterable<string | Buffer>): Promise<void> => {
    for await (const piece of pieces) {
      if (!(await writeOut(stdout, piece))) return;
    }
  };
  return {
    aside,
    write,
    takeAside: async () => {
      await write(createReadStream(aside));
      await removePath(aside);
    },
  };
}

async function writeOut(stdout: NodeJS.WriteStream, piece: string | Buffer): Promise<boolean> {
  if (stdout.destroyed) return false;
  if (stdout.write(piece)) return true;
  return once(stdout, 'drain').then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return false;
      throw error;
    },
  );
}
