import type { TwilioRequestError } from './errors.js';
import type { ExtractInfo, TaskFailure } from './extraction.js';
import { extractWarningsMax } from './limits.js';
import { searchedWarning } from './out-of-reach.js';
import type { Reading } from './reading.js';
import { outcomeOf } from './request-errors.js';
import type { Task } from './task.js';

/** What an extraction counts while it runs. */
export class ExtractTally {
  requests = 0;
  requestsInFlight = 0;
  private divided = 0;
  /** Tasks in a row that ran out of retries, with no page between them. */
  giveUpsInARow = 0;
  private complete = 0;
  private pages = 0;
  private rows = 0;
  private retries = 0;
  private waitedMs = 0;
  private warningsCount = 0;
  private readonly warnings = new Set<string>();
  private readonly failures: TaskFailure[] = [];

  warn(warnings: readonly string[]): void {
    this.warningsCount += warnings.length;
    for (const warning of warnings) if (this.warnings.size < extractWarningsMax) this.warnings.add(warning);
  }

  /** One task more than planned. */
  divide(): void {
    this.divided += 1;
  }

  retry(waitMs: number): void {
    this.retries += 1;
    this.waitedMs += waitMs;
  }

  finish({ task, reach: { pages, rows }, searchedFrom }: Reading): void {
    if (searchedFrom !== undefined) this.warn([searchedWarning(task, searchedFrom)]);
    this.complete += 1;
    this.pages += pages;
    this.rows += rows;
  }

  fail(task: Task, error: TwilioRequestError): TaskFailure {
    const failure = { task, outcome: outcomeOf(error, task), error };
    this.failures.push(failure);
    // Even a refusal shows that Twilio answers.
    this.giveUpsInARow = error.transient ? this.giveUpsInARow + 1 : 0;
    return failure;
  }

  info(tasksCount: number, aborted: boolean): Omit<ExtractInfo, 'lastTaskNumber'> {
    const { complete, pages, rows, requests, retries, waitedMs, warningsCount } = this;
    const failures = this.failures.toSorted((a, b) => a.task.number - b.task.number);
    const refused = failures.filter((failure) => failure.outcome === 'refused').length;
    const failed = failures.length - refused;
    return {
      tasks: { complete, refused, failed, unfinished: tasksCount + this.divided - complete - failures.length },
      pages,
      rows,
      requests,
      retries,
      waitedMs,
      warnings: [...this.warnings],
      warningsCount,
      failures,
      allTransient: complete === 0 && failures.length > 0 && failures.every((failure) => failure.error.transient),
      aborted,
    };
  }
}
