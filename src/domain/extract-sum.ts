import type { ExtractInfo, TaskFailure } from './extraction.js';
import { extractWarningsMax } from './limits.js';

/** Two extractions of one run as one. */
export function addExtractInfo(first: ExtractInfo, second: ExtractInfo): ExtractInfo {
  const { tasks: a } = first;
  const { tasks: b } = second;
  const failures = [...first.failures, ...second.failures];
  const complete = a.complete + b.complete;
  return {
    tasks: {
      complete,
      refused: a.refused + b.refused,
      failed: a.failed + b.failed,
      unfinished: a.unfinished + b.unfinished,
    },
    pages: first.pages + second.pages,
    rows: first.rows + second.rows,
    requests: first.requests + second.requests,
    retries: first.retries + second.retries,
    waitedMs: first.waitedMs + second.waitedMs,
    lastTaskNumber: Math.max(first.lastTaskNumber, second.lastTaskNumber),
    warnings: [...new Set([...first.warnings, ...second.warnings])].slice(0, extractWarningsMax),
    warningsCount: first.warningsCount + second.warningsCount,
    failures,
    allTransient: complete === 0 && failures.length > 0 && failures.every((failure) => failure.error.transient),
    aborted: first.aborted || second.aborted,
  };
}

/** The same with failures of tasks that were pulled before it. */
export function withFailures(info: ExtractInfo, before: readonly TaskFailure[]): ExtractInfo {
  const count = (outcome: TaskFailure['outcome']): number => before.filter((one) => one.outcome === outcome).length;
  const { complete, refused, failed, unfinished } = info.tasks;
  const failures = [...before, ...info.failures];
  return {
    ...info,
    tasks: { complete, refused: refused + count('refused'), failed: failed + count('failed'), unfinished },
    failures,
    allTransient: complete === 0 && failures.length > 0 && failures.every((failure) => failure.error.transient),
  };
}
