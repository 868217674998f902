import { requestAttemptsMax, retryDelayMsBase, retryDelayMsMax, retryTotalMsMax } from './limits.js';

/** What a failed try was, as far as trying again is concerned. */
export interface FailedTry {
  /** 1 for the first try. */
  readonly attempt: number;
  /** Spent on this page already, tries and waits together, in milliseconds. */
  readonly spentMs: number;
  readonly error: { readonly transient: boolean; readonly retryAfter?: string | undefined };
  /** Wall clock, milliseconds since 1970: a Retry-After may be a date. */
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

export type RetryDecision =
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'give_up'; readonly reason: string };

/** Whether to ask once more, and after how many milliseconds. Limits: domain/limits.ts. */
export function decideRetry(failed: FailedTry): RetryDecision {
  if (!failed.error.transient) return { kind: 'give_up', reason: 'asking again would not help' };
  if (failed.attempt >= requestAttemptsMax) return { kind: 'give_up', reason: `tried ${failed.attempt} times` };
  const askedForMs = parseRetryAfterMs(failed.error.retryAfter, failed.nowMs);
  const leftMs = retryTotalMsMax - failed.spentMs;
  if (askedForMs !== undefined && askedForMs > leftMs) {
    return {
      kind: 'give_up',
      reason: `Twilio asks to wait ${seconds(askedForMs)}, longer than the ${seconds(leftMs)} left for retries`,
    };
  }
  // Spread behind a Retry-After too: all the requests that were refused together must not come back together.
  const waitMs =
    askedForMs === undefined
      ? backoffMs(failed.attempt, failed.random)
      : askedForMs + Math.floor(failed.random * retryDelayMsBase);
  return waitMs > leftMs
    ? { kind: 'give_up', reason: `spent ${seconds(failed.spentMs)} on it` }
    : { kind: 'wait', waitMs };
}

/** Exponential back-off with full jitter: anything between 0 and `base × 2^(attempt − 1)`, capped. */
export function backoffMs(attempt: number, random: number): number {
  return Math.floor(random * Math.min(retryDelayMsMax, retryDelayMsBase * 2 ** (attempt - 1)));
}

const delaySeconds = /^\d{1,9}(?:\.\d{1,3})?$/;
/** The three date forms of RFC 9110 section 5.6.7; all of them GMT. */
const httpDates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * Milliseconds that a Retry-After header (RFC 9110 section 10.2.3) asks to wait, or undefined where it says nothing that
 * can be followed: absent, 0, negative, past, garbage. The caller's own back-off applies then.
 */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (delaySeconds.test(text)) return positive(Math.ceil(Number(text) * 1000));
  if (!httpDates.some((form) => form.test(text))) return undefined;
  // The asctime form names no zone; JavaScript would read it as local time.
  return positive(Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) - nowMs);
}

const positive = (ms: number): number | undefined => (ms > 0 ? ms : undefined);
const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;
