import { pageRowsMax } from './limits.js';
import { dateOf } from './period.js';
import { isUndated, landedAs } from './resource.js';
import type { Task } from './task.js';

/** What complete pulls of an account's list brought, over windows of so many seconds together. */
export interface PastRows {
  readonly accountSid: string;
  readonly resource: string;
  readonly rows: number;
  readonly seconds: number;
}

export interface TaskEstimate {
  readonly task: Task;
  /** Undefined where nothing of that list was ever pulled: then there is one request at least. */
  readonly rows: number | undefined;
  readonly requests: number;
}

export interface PlanEstimate {
  readonly tasks: readonly TaskEstimate[];
  readonly requests: number;
  /** Some task's requests are a lower bound, and so are the sum and the time. */
  readonly atLeast: boolean;
  readonly latencyMs: number;
  readonly timeMs: number;
}

export interface Pace {
  /** Of one request. */
  readonly latencyMs: number;
  readonly concurrency: number;
  readonly accountConcurrency: number;
  /** Pages that are read of a list without date filter, at most. */
  readonly undatedPages: number;
}

/** What the tasks will cost in requests and time, from what earlier pulls of the same lists brought per second of window. */
export function estimatePlan(tasks: readonly Task[], past: readonly PastRows[], pace: Pace): PlanEstimate {
  const known = new Map(past.filter(({ seconds }) => seconds > 0).map((one) => [keyOf(one), one]));
  const estimates = tasks.map((task) => estimateTask(task, known.get(keyOf(filtered(task))), pace));
  const requests = sumOf(estimates);
  return {
    tasks: estimates,
    requests,
    atLeast: estimates.some(({ rows }) => rows === undefined),
    latencyMs: pace.latencyMs,
    timeMs: Math.ceil(requestsInARow(estimates, requests, pace) * pace.latencyMs),
  };
}

/** A list without date filter is as long as the one with: hardly a record has no date. */
const filtered = ({ accountSid, resource }: Task) => ({
  accountSid,
  resource: isUndated(resource) ? landedAs[resource] : resource,
});

function estimateTask(task: Task, past: PastRows | undefined, { undatedPages }: Pace): TaskEstimate {
  if (past === undefined || task.window === undefined) return { task, rows: undefined, requests: 1 };
  const { start, end } = task.window;
  const seconds = (dateOf(end).getTime() - dateOf(start).getTime()) / 1000;
  const rows = Math.ceil((past.rows * seconds) / past.seconds);
  const pages = Math.max(1, Math.ceil(rows / pageRowsMax));
  return { task, rows, requests: isUndated(task.resource) ? Math.min(pages, undatedPages) : pages };
}

/** Requests that follow each other at the slowest place: over all slots, over an account's own, or along one list's pages. */
function requestsInARow(estimates: readonly TaskEstimate[], requests: number, pace: Pace): number {
  const byAccount = new Map<string, number>();
  for (const { task, requests: own } of estimates) {
    byAccount.set(task.accountSid, (byAccount.get(task.accountSid) ?? 0) + own);
  }
  const busiest = [...byAccount.values()].reduce((most, own) => Math.max(most, own), 0);
  const longest = estimates.reduce((most, own) => Math.max(most, own.requests), 0);
  return Math.max(longest, Math.ceil(busiest / pace.accountConcurrency), Math.ceil(requests / pace.concurrency));
}

const sumOf = (estimates: readonly TaskEstimate[]): number => estimates.reduce((sum, one) => sum + one.requests, 0);

const keyOf = ({ accountSid, resource }: Pick<Task, 'accountSid'> & { readonly resource: string }): string =>
  `${accountSid} ${resource}`;

/** The middle one of the measured times; 0 where nothing was measured. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
