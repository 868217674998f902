import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  digestFile,
  fileMode,
  guarded,
  listFiles,
  makeFolder,
  recoverFolder,
  removePath,
  replaceFolder,
  writeText,
} from './files.js';

export interface OutputFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** One month's set of files: written aside, then published whole, or left as it is where no byte differs. */
export class OutputSet {
  private constructor(
    readonly folder: string,
    private readonly asideFolder: string,
  ) {}

  static async begin(outputFolder: string, month: string): Promise<OutputSet> {
    const folder = join(outputFolder, month);
    const aside = join(outputFolder, `.${month}.publishing`);
    await makeFolder(outputFolder);
    await recoverFolder(folder);
    await removePath(aside);
    await makeFolder(aside);
    return new OutputSet(folder, aside);
  }

  /** Writes one file from pieces of text, durably. */
  async write(relativePath: string, pieces: AsyncIterable<string>): Promise<OutputFile> {
    const path = join(this.asideFolder, relativePath);
    await makeFolder(dirname(path));
    return guarded(`cannot write ${path}`, async () => {
      const hash = createHash('sha256');
      const stream = createWriteStream(path, { mode: fileMode, flush: true });
      const done = finished(stream);
      let bytes = 0;
      try {
        for await (const piece of pieces) {
          hash.update(piece);
          bytes += Buffer.byteLength(piece);
          // A full or broken disk ends `done`; a slow one is waited for.
          if (!stream.write(piece)) await Promise.race([done, once(stream, 'drain')]);
        }
      } finally {
        stream.end();
      }
      await done;
      return { file: relativePath, bytes, sha256: hash.digest('hex') };
    });
  }

  async writeWhole(relativePath: string, text: string): Promise<void> {
    await writeText(join(this.asideFolder, relativePath), text);
  }

  /** Puts the set in its place. False where the one that stands there is the same, byte for byte. */
  async publish(): Promise<boolean> {
    if (await sameFolders(this.folder, this.asideFolder)) {
      await removePath(this.asideFolder);
      return false;
    }
    await replaceFolder(this.asideFolder, this.folder);
    return true;
  }

  discard(): Promise<void> {
    return removePath(this.asideFolder);
  }
}

async function sameFolders(one: string, other: string): Promise<boolean> {
  const [files, others] = [await listFiles(one), await listFiles(other)];
  if (files.join('\0') !== others.join('\0')) return false;
  for (const file of files) {
    // By digest, not by text: completeness.csv of thousands of accounts would be in memory twice, and a damaged byte would be no difference.
    const [standing, fresh] = [await digestFile(join(one, file)), await digestFile(join(other, file))];
    if (standing.sha256 !== fresh.sha256) return false;
  }
  return files.length > 0;
}
