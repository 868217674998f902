import type { PageTimes } from './page-times.js';
import type { Instant, Window } from './period.js';
import type { TaskResource } from './resource.js';
import type { SlimRows } from './slim-rows.js';

/** The unit of extraction: one list of one account over one half-open UTC window. */
export interface Task {
  /** Unique in its run; rows carry it, so that each can be traced to its request. */
  readonly number: number;
  readonly accountSid: string;
  readonly resource: TaskResource;
  /** Undefined for the account list, which has no time filter. */
  readonly window: Window | undefined;
  /** Why it is due, for people: `not yet settled`, `unpriced records`. */
  readonly reason: string;
  /** Its account's, as domain/account.ts says; tasks of the lowest number are begun first. The highest where it is not given. */
  readonly urgency?: number | undefined;
}

/** How a task ended. Every task of a run ends in exactly one of these. */
export type Outcome = 'complete' | 'refused' | 'failed';

/** A page as it came from Twilio, split so that nothing parses its rows in JavaScript. */
export interface ReceivedPage {
  readonly task: Task;
  /** Counted from 0 within the task. */
  readonly pageNumber: number;
  readonly observedAt: Instant;
  readonly rows: SlimRows;
  /** Those of the first and the last row; undefined where they cannot be told. */
  readonly times: PageTimes | undefined;
  /** No other page is on its way now. */
  readonly alone: boolean;
  /** The page is the last of its task. */
  readonly last: boolean;
  /** With the pages before it, everything of the task's window from here on. Undefined where that cannot be said. */
  readonly completeFrom: Instant | undefined;
}

export const describeTask = (task: Pick<Task, 'accountSid' | 'resource' | 'window'>): string =>
  task.window === undefined
    ? `${task.resource} of ${task.accountSid}`
    : `${task.resource} of ${task.accountSid} from ${task.window.start} to ${task.window.end}`;

/** What landing says of a page. Malformed: ask it again. Refused: it cannot be right, and the task fails. */
export type PageVerdict =
  | {
      readonly kind: 'accepted';
      readonly rows: number;
      /** No row is newer than the first or older than the last. */
      readonly inOrder: boolean;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string };
