import type { Instant, Month } from './period.js';
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

/** A file of a published set. Paths have `/`. */
export interface SetFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A month's published set was kept: from here on it is published as it is. Names as queries/raw/raw_month_closings.sql reads them. */
export interface MonthClosed {
  readonly kind: 'month_closed';
  readonly month: Month;
  readonly at: Instant;
  /** Why it was closed all the same; null where none was given. */
  readonly reason: string | null;
  /** What stood in the way, as account-days or records by the name of the obstacle. */
  readonly obstacles: Readonly<Record<string, number>>;
  /** Decimal texts, positive = Twilio charged. */
  readonly totals: readonly { readonly currency: string; readonly itemised_cost: string }[];
  /** Relative to the data folder. */
  readonly folder: string;
  /** Of the set: of the lines `<sha256>  <file>`, sorted by file, each ended by a line feed. */
  readonly sha256: string;
  readonly files: readonly SetFile[];
}

export interface MonthReopened {
  readonly kind: 'month_reopened';
  readonly month: Month;
  readonly at: Instant;
  readonly reason: string;
}

export type ManifestEntry = RunStarted | Landed | NotPulled | RunFinished | MonthClosed | MonthReopened;

/** A line of manifest.jsonl: an entry with its place in the chain. `previous` is the SHA-256 of the line before it. */
export type ManifestLine = ManifestEntry & { readonly sequence: number; readonly previous: string };

/** A line that the ledger may not hold yet. */
export type LoadableLine = (Landed | NotPulled | MonthClosed | MonthReopened) & { readonly sequence: number };

export type ClosingLine = (MonthClosed | MonthReopened) & { readonly sequence: number };

export const isRun = (line: ManifestLine): line is (RunStarted | RunFinished) & ManifestLine =>
  line.kind === 'run_started' || line.kind === 'run_finished';

export const isClosing = (line: ManifestLine | LoadableLine): line is ClosingLine & ManifestLine =>
  line.kind === 'month_closed' || line.kind === 'month_reopened';

/** `previous` of the first line. */
export const chainStart = '0'.repeat(64);
