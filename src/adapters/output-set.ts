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
  sha256Of,
  writeText,
} from './files.js';

export interface OutputFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** One month's set of files: written aside, then published whole, or left as it is where no byte differs. */
export class OutputSet {
  /** SHA-256 of each file written, by the path at which it will stand. */
  private readonly digests = new Map<string, string>();

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
      // It may end while the next piece is waited for.
      done.catch(() => undefined);
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
      const sha256 = hash.digest('hex');
      this.digests.set(join(this.folder, relativePath), sha256);
      return { file: relativePath, bytes, sha256 };
    });
  }

  async writeWhole(relativePath: string, text: string): Promise<OutputFile> {
    await writeText(join(this.asideFolder, relativePath), text);
    const sha256 = sha256Of(text);
    this.digests.set(join(this.folder, relativePath), sha256);
    return { file: relativePath, bytes: Buffer.byteLength(text), sha256 };
  }

  /** Puts the set in its place. False where the one that stands there is the same, byte for byte. */
  async publish(): Promise<boolean> {
    if (await this.stands()) {
      await removePath(this.asideFolder);
      return false;
    }
    await replaceFolder(this.asideFolder, this.folder);
    return true;
  }

  /** By digest, not by text: a large report would be in memory twice, and a damaged byte that is no text would be no difference. */
  private async stands(): Promise<boolean> {
    const files = await listFiles(this.folder);
    if (files.length !== this.digests.size) return false;
    for (const file of files) {
      const path = join(this.folder, file);
      if ((await digestFile(path)).sha256 !== this.digests.get(path)) return false;
    }
    return files.length > 0;
  }

  discard(): Promise<void> {
    return removePath(this.asideFolder);
  }
}
