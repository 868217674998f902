import { createReadStream } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { StorageError } from '../domain/errors.js';
import { chainStart, type ManifestEntry, type ManifestLine } from '../domain/manifest.js';
import { exists, fileMode, guarded, sha256Of } from './files.js';

/** Where the sound part of a manifest ends. */
interface ManifestEnd {
  readonly previous: string;
  readonly sequence: number;
  readonly soundBytes: number;
  /** Behind it stands an append that a crash cut short. */
  readonly cutShort: boolean;
}

/**
 * `manifest.jsonl`: append-only, one JSON object per line, each holding the SHA-256 of the line before it. A last line
 * without its line feed is an append that a crash cut short: what it announced was not yet counted, so it is cut off.
 */
export class ManifestFile {
  private constructor(
    readonly path: string,
    private previous: string,
    private sequence: number,
  ) {}

  /** Verifies the chain, handing every line to `visit` in order. @throws StorageError naming the first damaged line. */
  static async open(path: string, visit: (line: ManifestLine) => void): Promise<ManifestFile> {
    const { previous, sequence, soundBytes, cutShort } = await ManifestFile.read(path, visit);
    if (cutShort) await guarded(`cannot mend ${path}`, () => truncate(path, soundBytes));
    return new ManifestFile(path, previous, sequence);
  }

  /** The same, and nothing is mended. No lines where there is no file. */
  static async read(path: string, visit: (line: ManifestLine) => void): Promise<ManifestEnd> {
    let previous = chainStart;
    let sequence = 0;
    let soundBytes = 0;
    let cutShort = false;
    if (await exists(path)) {
      let rest = '';
      for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const text of lines) {
          const line = parseLine(path, sequence + 1, text, previous);
          previous = sha256Of(text);
          sequence += 1;
          soundBytes += Buffer.byteLength(text) + 1;
          visit(line);
        }
      }
      cutShort = rest !== '';
    }
    return { previous, sequence, soundBytes, cutShort };
  }

  /** The number that the next line will have. */
  get nextSequence(): number {
    return this.sequence + 1;
  }

  /** Appends one line durably. The chain moves only when the bytes are on disk. */
  async append(entry: ManifestEntry): Promise<ManifestLine> {
    const line: ManifestLine = { sequence: this.nextSequence, previous: this.previous, ...entry };
    const text = JSON.stringify(line);
    await guarded(`cannot append to ${this.path}`, async () => {
      const handle = await open(this.path, 'a', fileMode);
      try {
        await handle.writeFile(`${text}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    this.previous = sha256Of(text);
    this.sequence = line.sequence;
    return line;
  }
}

function parseLine(path: string, sequence: number, text: string, previous: string): ManifestLine {
  let line: ManifestLine;
  try {
    line = JSON.parse(text) as ManifestLine;
  } catch (error) {
    throw new StorageError(`${path}, line ${sequence}: not JSON. Restore the file from a backup.`, { cause: error });
  }
  if (line.sequence !== sequence || line.previous !== previous) {
    throw new StorageError(
      `${path}, line ${sequence}: the chain is broken here: a line was changed, removed or moved. Restore the file from a backup.`,
    );
  }
  return line;
}
