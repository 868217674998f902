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
  /** Takes the file aside as the report, which `make` writes. */
  takeAside(make: () => Promise<void>): Promise<void>;
}

/** Replaces the file when all of it is written. `mark`: this process's own; another one may be writing the same report. */
export function fileTarget(path: string, mark: string): ReportTarget {
  const aside = join(dirname(path), `.${basename(path)}.${mark}.part`);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await makeFolder(dirname(path));
      await guarded(`cannot write ${path}`, work);
      await commitFile(aside, path);
    } catch (error) {
      await removePath(aside);
      throw error;
    }
  };
  return {
    aside,
    write: (pieces) =>
      attempt(async () => {
        const stream = createWriteStream(aside, { mode: fileMode });
        const done = finished(stream);
        // It may end while the next piece is waited for.
        done.catch(() => undefined);
        try {
          for await (const piece of pieces) {
            // A full or broken disk ends `done`; a slow one is waited for.
            if (!stream.write(piece)) await Promise.race([done, once(stream, 'drain')]);
          }
        } catch (error) {
          // Closed before it is removed: a file that is still being opened would come back.
          stream.destroy();
          await done.catch(() => undefined);
          throw error;
        }
        stream.end();
        await done;
      }),
    takeAside: attempt,
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
    takeAside: async (make) => {
      await make();
      await write(createReadStream(aside));
      await removePath(aside);
    },
  };
}

/** False where nobody takes any more; what else went wrong is told by who listens to the stream's errors. */
const writeOut = (stdout: NodeJS.WriteStream, piece: string | Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    stdout.write(piece, (error) => resolve(!error));
  });
