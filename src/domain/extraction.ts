import type { TwilioRequestError } from './errors.js';
import type { PageTimes } from './page-times.js';
import type { Instant } from './period.js';
import type { Outcome, Task } from './task.js';

/** What extraction tells while it runs, for the progress bar and the log. */
export type ExtractEvent =
  | { readonly kind: 'task_started' | 'request_started'; readonly task: Task }
  | { readonly kind: 'request_finished'; readonly task: Task; readonly ms: number }
  | { readonly kind: 'page_accepted'; readonly task: Task; readonly pageNumber: number; readonly rows: number }
  | {
      readonly kind: 'retry';
      readonly task: Task;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
    }
  /** The pages accepted so far are void and come again. */
  | { readonly kind: 'task_restarted'; readonly task: Task; readonly reason: string }
  /** The task is a part that another one handed over. */
  | { readonly kind: 'task_divided'; readonly task: Task }
  | {
      readonly kind: 'task_finished';
      readonly task: Task;
      readonly outcome: Outcome;
      readonly pages: number;
      readonly rows: number;
    };

export interface TaskFailure {
  readonly task: Task;
  readonly outcome: 'refused' | 'failed';
  readonly error: TwilioRequestError;
}

/** What extraction did, in counts. Pages and rows are those of complete tasks. */
export interface ExtractInfo {
  readonly tasks: Readonly<Record<Outcome | 'unfinished', number>>;
  readonly pages: number;
  readonly rows: number;
  readonly requests: number;
  /** The highest number that a task had, parts that were divided off included; 0 where there was none. */
  readonly lastTaskNumber: number;
  readonly retries: number;
  /** Waited between tries, over all pages. */
  readonly waitedMs: number;
  /** Each once, `extractWarningsMax` of them at most; `warningsCount` counts every one. */
  readonly warnings: readonly string[];
  readonly warningsCount: number;
  /** In the order of the tasks. */
  readonly failures: readonly TaskFailure[];
  /** Nothing was complete, and every failure is of the kind that goes by itself: worth a later run, exit 75. */
  readonly allTransient: boolean;
  /** The signal stopped it: `tasks.unfinished` counts what was left. */
  readonly aborted: boolean;
}

/** A page as it was pulled, and where its list goes on. */
export interface PulledPage {
  readonly uri: string;
  readonly nextUri: string | null;
  readonly observedAt: Instant;
  /** The JSON array of rows, as bytes of the body. */
  readonly rows: Buffer;
  /** The whole answer, to be recycled. */
  readonly body: Buffer;
  readonly times: PageTimes | undefined;
  /** To be called once nothing of the page is in memory. */
  leave(): void;
}
