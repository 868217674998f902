import { join } from 'node:path';
import { ConfigError, LockedError, StorageError } from '../domain/errors.js';
import {
  type ClosingLine,
  isClosing,
  isRun,
  type LoadableLine,
  type ManifestEntry,
  type ManifestLine,
  type RunFinished,
  type RunStarted,
} from '../domain/manifest.js';
import { type Query, queryNamed } from '../domain/query.js';
import type { Database } from './duckdb.js';
import { commitFile, digestFile, exists, makeFolder, readText, removePath, writeText } from './files.js';
import { loadedThrough, openLedger } from './ledger.js';
import { ManifestFile } from './manifest-file.js';
import { loadQueries, seedFiles } from './query-files.js';

/** Who holds the data folder, for people: the lock itself is DuckDB's, on the ledger file. */
const holderFile = 'holder.json';
export const manifestFile = 'manifest.jsonl';

/** Whether a run has ever begun in a data folder. The ledger itself may be missing: it is made anew from the landing. */
export const hasRuns = (dataFolder: string): Promise<boolean> => exists(join(dataFolder, manifestFile));

/** The data folder, opened and locked: ledger, manifest, landing, queries. */
export class Store {
  private constructor(
    readonly folder: string,
    readonly queries: ReadonlyMap<string, Query>,
    readonly seeds: ReadonlyMap<string, string>,
    readonly ledger: Database,
    readonly manifest: ManifestFile,
    /** Lines that the ledger does not hold yet. */
    readonly pending: LoadableLine[],
    readonly runs: (RunStarted | RunFinished)[],
    /** Every closing and reopening of a month, oldest first. */
    readonly closings: ClosingLine[],
  ) {}

  /**
   * @throws LockedError naming the holder; StorageError where manifest or ledger are damaged; ConfigError where the folder
   * belongs to another main account
   */
  static async open(folder: string, holder: { command: string; at: string; pid: number }): Promise<Store> {
    const queries = await loadQueries();
    const seeds = await seedFiles();
    const ledger = await openLedger(folder, queries, seeds).catch(async (error: unknown) => {
      throw error instanceof LockedError ? await nameHolder(folder, error) : error;
    });
    try {
      await writeText(join(folder, holderFile), `${JSON.stringify(holder)}\n`);
      await makeFolder(join(folder, 'landing'));
      const through = await loadedThrough(ledger);
      const pending: LoadableLine[] = [];
      const runs: (RunStarted | RunFinished)[] = [];
      const closings: ClosingLine[] = [];
      const manifest = await ManifestFile.open(join(folder, manifestFile), (line: ManifestLine) => {
        if (isRun(line)) runs.push(line);
        else if (line.sequence > through) pending.push(line);
        if (isClosing(line)) closings.push(line);
      });
      if (through >= manifest.nextSequence) {
        throw new StorageError(
          `the ledger holds line ${through} of ${manifest.path}, which ends at ${manifest.nextSequence - 1}: lines are missing. Restore the manifest from a backup.`,
        );
      }
      return new Store(folder, queries, seeds, ledger, manifest, pending, runs, closings);
    } catch (error) {
      ledger.close();
      throw error;
    }
  }

  /** The main account that the folder belongs to; undefined before its first run. */
  get mainAccount(): string | undefined {
    return this.runs.find((line) => line.kind === 'run_started')?.main_account;
  }

  get lastRun(): number {
    return this.runs.reduce((last, line) => Math.max(last, line.run), 0);
  }

  /** One folder holds one main account: two would share customers and totals. @throws ConfigError */
  requireMainAccount(accountSid: string): void {
    requireSameMainAccount(this.folder, this.mainAccount, accountSid);
  }

  query(name: string): Query {
    return queryNamed(this.queries, name);
  }

  /** The number that the manifest's next line will have. */
  get nextSequence(): number {
    return this.manifest.nextSequence;
  }

  /** Appends to the manifest and remembers what the rest of this process needs of it. */
  async append(entry: ManifestEntry): Promise<void> {
    const line = await this.manifest.append(entry);
    if (isRun(line)) this.runs.push(line);
    else this.pending.push(line);
    if (isClosing(line)) this.closings.push(line);
  }

  /** Where a landing file is written, and where it ends up. */
  place(relative: string): { temporary: string; final: string } {
    const final = join(this.folder, relative);
    return { temporary: `${final}.part`, final };
  }

  readonly digest = digestFile;
  readonly commit = commitFile;

  /** The path of a landing file whose bytes are those that the manifest knows. @throws StorageError naming it */
  async trusted(relative: string, sha256: string): Promise<string> {
    const path = join(this.folder, relative);
    const found = await digestFile(path).catch(() => undefined);
    if (found?.sha256 === sha256) return path;
    throw new StorageError(
      `${path} ${found === undefined ? 'cannot be read' : 'was changed since it was written'}: restore it from a backup.`,
    );
  }

  async close(): Promise<void> {
    this.ledger.close();
    await removePath(join(this.folder, holderFile));
  }
}

/** @throws ConfigError where a folder belongs to another main account than the one asked for */
export function requireSameMainAccount(folder: string, own: string | undefined, accountSid: string): void {
  if (own === undefined || own === accountSid) return;
  throw new ConfigError([
    `The data folder ${folder} belongs to the main account ${own}, not to ${accountSid}: set SUBLEDGER_DATA_DIR to another folder.`,
  ]);
}

async function nameHolder(folder: string, error: LockedError): Promise<LockedError> {
  const text = await readText(join(folder, holderFile)).catch(() => undefined);
  const holder = /"command":"([^"]*)","at":"([^"]*)","pid":(\d+)/.exec(text ?? '');
  if (holder === null) return error;
  return new LockedError(
    `another run holds ${folder}: subledger ${holder[1]}, process ${holder[3]}, since ${holder[2]}. Wait for it, or end it.`,
  );
}
