import { type Account, mostUrgentFirst, urgencyOf } from '../domain/account.js';
import type { Knowledge } from '../domain/knowledge.js';
import { subtractWindows, type Window } from '../domain/period.js';
import { includesSubaccounts, isUndated, resources } from '../domain/resource.js';
import type { Task } from '../domain/task.js';

export interface PlanInput {
  readonly accounts: readonly Account[];
  /** Whole UTC days. */
  readonly range: Window;
  readonly knowledge: Knowledge;
  /** Whether records without a date are looked for. */
  readonly undated: boolean;
  readonly firstTaskNumber: number;
}

const keyOf = (accountSid: string, resource: string): string => `${accountSid} ${resource}`;

function byKey<T extends { accountSid: string; resource: string }>(windows: readonly T[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const window of windows) {
    const key = keyOf(window.accountSid, window.resource);
    const list = map.get(key);
    if (list === undefined) map.set(key, [window]);
    else list.push(window);
  }
  return map;
}

/** Accounts, range and knowledge → the tasks still to do: per account and resource, the range less what is settled. */
export function plan(input: PlanInput): Task[] {
  const settled = byKey(input.knowledge.settled);
  const unpriced = byKey(input.knowledge.unpriced);
  const resumed = byKey(input.knowledge.resumed);
  const tasks: Task[] = [];
  for (const account of mostUrgentFirst(input.accounts)) {
    const urgency = urgencyOf(account);
    for (const resource of resources) {
      if (isUndated(resource) && !input.undated) continue;
      if (includesSubaccounts(resource) && account.sid !== account.ownerSid) continue;
      const key = keyOf(account.sid, resource);
      const known = {
        settled: settled.get(key) ?? [],
        unpriced: unpriced.get(key) ?? [],
        resumed: resumed.get(key) ?? [],
      };
      const windows = due(input.range, known);
      for (const window of isUndated(resource) ? fromTheTop(windows, input.range) : windows) {
        const number = input.firstTaskNumber + tasks.length;
        const reason = reasonOf(window, known);
        tasks.push({ number, accountSid: account.sid, resource, window, reason, urgency });
      }
    }
  }
  return tasks;
}

interface Known {
  readonly settled: readonly Window[];
  readonly unpriced: readonly Window[];
  readonly resumed: readonly Window[];
}

/**
 * The range less what an interrupted run has just pulled, and less the settled windows, which themselves are less the days that still
 * hold unpriced records.
 */
function due(range: Window, { settled, unpriced, resumed }: Known): Window[] {
  const closed = settled.flatMap((window) => subtractWindows(window, unpriced));
  return subtractWindows(range, [...closed, ...resumed]);
}

/**
 * A list without date filter is read from its newest row down: once, as far back as anything is due. So it covers all that is newer
 * too, even where that was read before: what is told of it is one window without a seam.
 */
function fromTheTop([first]: readonly Window[], range: Window): Window[] {
  return first === undefined ? [] : [{ start: first.start, end: range.end }];
}

function reasonOf(window: Window, { settled, unpriced, resumed }: Known): string {
  if (resumed.length > 0) return 'an interrupted run left it';
  // Without counts or days: tasks are summed up by their reason.
  if (unpriced.some((day) => day.start < window.end && day.end > window.start)) return 'unpriced records';
  return settled.length === 0 ? 'not yet settled' : 'after what is settled';
}
