import { join } from 'node:path';
import {
  type ClosingLine,
  isClosing,
  isRun,
  type ManifestLine,
  type RunFinished,
  type RunStarted,
} from '../domain/manifest.js';
import { ManifestFile } from './manifest-file.js';
import { manifestFile } from './store.js';

/** What the manifest of a data folder tells without the ledger. */
export interface ManifestFacts {
  readonly path: string;
  readonly runs: readonly (RunStarted | RunFinished)[];
  readonly closings: readonly ClosingLine[];
  /** The last line that a ledger can hold; 0 = none. */
  readonly loadable: number;
  /** The last one that tells of something pulled, or not pulled; 0 = none. */
  readonly pulled: number;
}

/** Reads it all, and mends nothing. The folder need not exist. @throws StorageError where the chain is broken */
export async function readManifest(folder: string): Promise<ManifestFacts> {
  const path = join(folder, manifestFile);
  const runs: (RunStarted | RunFinished)[] = [];
  const closings: ClosingLine[] = [];
  let [loadable, pulled] = [0, 0];
  await ManifestFile.read(path, (line: ManifestLine) => {
    if (isRun(line)) runs.push(line);
    else loadable = line.sequence;
    if (isClosing(line)) closings.push(line);
    else if (!isRun(line)) pulled = line.sequence;
  });
  return { path, runs, closings, loadable, pulled };
}
