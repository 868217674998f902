import { TwilioRequestError } from './errors.js';
import { usagePageRowsReduced } from './limits.js';
import { isUsage } from './resource.js';
import { describeTask, type Task } from './task.js';

/** The errors that extraction finds out by itself, where Twilio's answer had the right status. */

/** A page whose content is damaged on its way (`transient`), or must not be trusted. */
export const pageError = (task: Task, pageNumber: number, detail: string, transient: boolean): TwilioRequestError =>
  new TwilioRequestError(
    `Page ${pageNumber + 1} of ${describeTask(task)}: ${detail}. ` +
      (transient ? 'Run again later.' : 'The window is not taken: if it stays so, report it as a bug.'),
    { status: 200, transient },
  );

export const pageLoopError = (task: Task, pagesCount: number): TwilioRequestError =>
  new TwilioRequestError(
    `The pages of ${describeTask(task)} do not end: after ${pagesCount} of them Twilio points back to one already read. ` +
      'Run again; if it stays, tell Twilio support.',
    { status: 200, transient: false },
  );

/** A transient error that outlasted its retries: the same, with the reason. */
export const gaveUpError = (error: TwilioRequestError, reason: string): TwilioRequestError =>
  new TwilioRequestError(`${error.message} Gave up: ${reason}.`, {
    status: error.status,
    code: error.code,
    transient: true,
    retryAfter: error.retryAfter,
    cause: error,
  });

/** Not even asked for, as Twilio has answered nothing for a while. */
export const notAskedError = (task: Task, giveUpsInARow: number): TwilioRequestError =>
  new TwilioRequestError(
    `${describeTask(task)} was not asked for: ${giveUpsInARow} requests in a row had run out of retries. Run again later.`,
    { transient: true },
  );

/** Refused: Twilio will not show this account. A usage list that is not found is unknown, and a bare 404 is some gateway's. */
export function outcomeOf(error: TwilioRequestError, task: Task): 'refused' | 'failed' {
  if (error.status === 401 || error.status === 403) return 'refused';
  const ofTraffic = task.resource !== 'accounts' && !isUsage(task.resource);
  return ofTraffic && error.status === 404 && error.code === 20404 ? 'refused' : 'failed';
}

/** Usage Records fail with 500 on 1000 rows over long ranges where 100 come through (public reports). */
export const isUsagePageTooLarge = (error: unknown, task: Task, pageSize: number): boolean =>
  error instanceof TwilioRequestError &&
  error.status === 500 &&
  isUsage(task.resource) &&
  pageSize > usagePageRowsReduced;
