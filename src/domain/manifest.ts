import type { Instant } from './period.js';
import type { LandedResource, TaskResource } from './resource.js';
import type { Outcome } from './task.js';

/** How far a task has come, as a line of the manifest tells it. Column names as queries/raw/raw_tasks.sql reads them. */
export interface TaskLine {
  readonly number: number;
  readonly account_sid: string;
  readonly resource: TaskResource;
  readonly window_start: Instant | null;
  readonly window_end: Instant | null;
  /** When its first page was observed. */
  readonly started_at: Instant;
  readonly outcome: Outcome;
  readonly pages: number;
  readonly rows: number;
  readonly error?: string;
}

/** Control totals of a landing file for one currency; sums are decimal text with Twilio's sign. */
export interface ControlTotal {
  readonly currency: string;
  readonly rows: number;
  readonly priced: number;
  readonly sum: string;
}

export interface RunStarted {
  readonly kind: 'run_started';
  readonly run: number;
  readonly at: Instant;
  readonly version: string;
  readonly main_account: string;
  readonly command: string;
  readonly range: { readonly start: Instant; readonly end: Instant };
  readonly phone_numbers: 'keep' | 'mask';
}

/** One landing file, and the tasks that ended in it. */
export interface Landed {
  readonly kind: 'landed';
  readonly run: number;
  readonly at: Instant;
  readonly resource: LandedResource;
  /** Relative to the data folder, with `/`. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly controls: readonly ControlTotal[];
  readonly tasks: readonly TaskLine[];
}

/** Tasks that ended without being complete. */
export interface NotPulled {
  readonly kind: 'not_pulled';
  readonly run: number;
  readonly at: Instant;
  readonly tasks: readonly TaskLine[];
}

export interface RunFinished {
  readonly kind: 'run_finished';
  readonly run: number;
  readonly at: Instant;
  readonly aborted: boolean;
  readonly outcomes: Readonly<Record<'complete' | 'refused' | 'failed' | 'unfinished', number>>;
  readonly pages: number;
  readonly rows: number;
  readonly requests: number;
  readonly retries: number;
}

export type ManifestEntry = RunStarted | Landed | NotPulled | RunFinished;

/** A line of manifest.jsonl: an entry with its place in the chain. `previous` is the SHA-256 of the line before it. */
export type ManifestLine = ManifestEntry & { readonly sequence: number; readonly previous: string };

/** A line that the ledger may not hold yet. */
export type LoadableLine = (Landed | NotPulled) & { readonly sequence: number };

/** `previous` of the first line. */
export const chainStart = '0'.repeat(64);
