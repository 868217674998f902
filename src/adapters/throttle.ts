import {
  type AdaptiveLimit,
  afterAnswer,
  afterRefusal,
  type Heard,
  pauseMs,
  type SentRequest,
  spacingMs,
  startLimit,
} from '../domain/adaptive-limit.js';
import { concurrentRequestsOf } from '../domain/concurrent-requests.js';
import { TwilioRequestError } from '../domain/errors.js';
import type { Clock } from './clock.js';

export interface ThrottleOptions {
  /** Requests in flight at most, whatever Twilio would bear. */
  readonly concurrency: number;
  /** Share of Twilio's ceiling that is left to others. */
  readonly headRoomPercent: number;
  readonly clock: Clock;
}

/** What is looked at of an answer. Names in lower case. */
export interface AnswerHeaders {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Throttle {
  /** Requests that may be in flight now; whoever sends keeps to it. */
  readonly limit: number;
  /** Sends, once no Retry-After forbids it, and learns from the answer. */
  send<Answer extends AnswerHeaders>(request: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer>;
}

/** Watches requests and their answers for domain/adaptive-limit.ts, and calls `changed` where the limit is another one. */
export function createThrottle(
  { concurrency, headRoomPercent, clock }: ThrottleOptions,
  changed: (limit: number) => void,
): Throttle {
  let state = startLimit(concurrency, headRoomPercent);
  let inFlight = 0;
  let waiting = 0;
  let sentLast = 0;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let nextSendMs = Number.NEGATIVE_INFINITY;
  let fastestMs = Number.POSITIVE_INFINITY;
  const become = (next: AdaptiveLimit): void => {
    const before = state.limit;
    state = next;
    if (next.limit !== before) changed(next.limit);
  };
  const learn = (error: unknown, request: SentRequest): void => {
    if (!(error instanceof TwilioRequestError) || error.status === undefined) return;
    const heard = { request, concurrentRequests: error.concurrentRequests, sentLast };
    if (error.status === 429) {
      become(afterRefusal(state, heard));
      const waitMs = pauseMs(state, error.retryAfter, clock.now().getTime());
      quietUntilMs = Math.max(quietUntilMs, clock.monotonicMs() + waitMs);
    } else if (error.status < 500) {
      // Not found or not allowed: borne all the same.
      become(afterAnswer(state, heard));
    }
  };
  /** Resolves when the request may go: each in its turn, and none before a Retry-After is over. */
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    // One alone is no bunch.
    const atMs = inFlight + waiting === 1 ? clock.monotonicMs() : Math.max(clock.monotonicMs(), nextSendMs);
    nextSendMs = atMs + spacingMs(state, fastestMs);
    for (;;) {
      const leftMs = Math.max(atMs, quietUntilMs) - clock.monotonicMs();
      if (leftMs <= 0) return;
      await clock.sleep(leftMs, signal);
    }
  };
  return {
    get limit() {
      return state.limit;
    },
    async send(request, signal) {
      waiting += 1;
      await turn(signal).finally(() => {
        waiting -= 1;
      });
      sentLast += 1;
      inFlight += 1;
      const sent: SentRequest = { number: sentLast, inFlight, limit: state.limit };
      const startedMs = clock.monotonicMs();
      try {
        const answer = await request();
        fastestMs = Math.min(fastestMs, clock.monotonicMs() - startedMs);
        const concurrentRequests = concurrentRequestsOf(answer.headers);
        become(afterAnswer(state, { request: sent, concurrentRequests, sentLast } satisfies Heard));
        return answer;
      } catch (error) {
        learn(error, sent);
        throw error;
      } finally {
        inFlight -= 1;
      }
    },
  };
}
