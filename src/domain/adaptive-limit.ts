import {
  ceilingTrustedRounds,
  concurrencyStart,
  refusalPauseMsBase,
  refusalPauseMsMax,
  retryTotalMsMax,
} from './limits.js';
import { parseRetryAfterMs } from './retry.js';

/**
 * How many requests may be in flight, learned from the answers. Twilio's ceiling is unpublished and shared with the production
 * traffic of the same main account, so it is found by being refused (429), and the room below it by the count that answers
 * carry. A round is the time until a request that was sent after the round began is answered: a round trip, without a clock.
 */
export interface AdaptiveLimit {
  /** What the operator allows at most. */
  readonly cap: number;
  readonly headRoomPercent: number;
  /** Requests of ours that may be in flight now. */
  readonly limit: number;
  /** Requests in flight, of everybody, that Twilio bears; infinite until it refuses one. */
  readonly ceiling: number;
  /** Tried beyond the ceiling, once it has been trusted for long enough. */
  readonly probe: number;
  /** Rounds since the last refusal that made use of the limit. */
  readonly trustedRounds: number;
  /** Requests in flight that are not ours: the most of this round, and of the one before. */
  readonly others: number;
  readonly othersBefore: number;
  /** The last request sent when this round began, and when the limit was halved last. */
  readonly roundBegan: number;
  readonly halvedAt: number;
  /** Halvings since the last good answer. */
  readonly refusalsInARow: number;
}

/** A request, as it was when it was sent. */
export interface SentRequest {
  /** Counted from 1. */
  readonly number: number;
  /** Ours in flight, this one included. */
  readonly inFlight: number;
  readonly limit: number;
}

/** What an answer tells. */
export interface Heard {
  readonly request: SentRequest;
  /** `Twilio-Concurrent-Requests`: in flight when it came, it included. Undefined where the header is missing. */
  readonly concurrentRequests: number | undefined;
  /** Number of the request sent last. */
  readonly sentLast: number;
}

export const startLimit = (cap: number, headRoomPercent: number): AdaptiveLimit => ({
  cap,
  headRoomPercent,
  limit: Math.min(cap, concurrencyStart),
  ceiling: Number.POSITIVE_INFINITY,
  probe: 0,
  trustedRounds: 0,
  others: 0,
  othersBefore: 0,
  roundBegan: 0,
  halvedAt: 0,
  refusalsInARow: 0,
});

/** Where Twilio bears it: one more for each answer, which doubles the limit in a round trip, up to the room that there is. */
export function afterAnswer(before: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const { request } = heard;
  const beganRound = request.number > before.roundBegan;
  const state = withOthers(before, heard);
  // Few requests prove nothing about many.
  const used = request.inFlight * 2 >= request.limit;
  const trustedRounds = state.trustedRounds + (used && beganRound ? 1 : 0);
  // What was sent before the last refusal tells of a ceiling that may have sunk since.
  const borne = request.number > state.halvedAt ? Math.max(state.ceiling, totalOf(heard)) : state.ceiling;
  const probed = used && beganRound && trustedRounds > ceilingTrustedRounds && state.limit >= roomOf(state);
  const allowed = state.ceiling + state.probe + (probed ? probeStep(state.ceiling) : 0);
  const probe = borne === Number.POSITIVE_INFINITY ? 0 : Math.max(0, allowed - borne);
  const grown = { ...state, trustedRounds, ceiling: borne, probe, refusalsInARow: 0 };
  return bounded(grown, state.limit + (used ? 1 : 0));
}

/** Halves, but once for all the requests that were on their way together. */
export function afterRefusal(before: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const ceiling = Math.max(1, Math.min(before.ceiling, totalOf(heard) - 1));
  const state = { ...withOthers(before, heard), ceiling, probe: 0, trustedRounds: 0 };
  if (heard.request.number <= before.halvedAt) return bounded(state, state.limit);
  const refusalsInARow = state.refusalsInARow + 1;
  return bounded({ ...state, refusalsInARow, halvedAt: heard.sentLast }, Math.floor(state.limit / 2));
}

/** How long nobody sends after a refusal: as Twilio says, else not at all, unless nothing but refusals comes. */
export function pauseMs(state: AdaptiveLimit, retryAfter: string | undefined, nowMs: number): number {
  const askedForMs = parseRetryAfterMs(retryAfter, nowMs);
  // Who is asked to wait longer than that gives up instead (domain/retry.ts): the others must not wait for it.
  if (askedForMs !== undefined) return askedForMs <= retryTotalMsMax ? askedForMs : 0;
  if (state.refusalsInARow < 2) return 0;
  return Math.min(refusalPauseMsMax, refusalPauseMsBase * 2 ** (state.refusalsInARow - 2));
}

/** Everybody's requests in flight. A count below our own counts something else, perhaps one account only, and is not used. */
const totalOf = ({ request, concurrentRequests = 0 }: Heard): number => Math.max(concurrentRequests, request.inFlight);

function withOthers(state: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const others = totalOf(heard) - heard.request.inFlight;
  if (heard.request.number <= state.roundBegan) return { ...state, others: Math.max(state.others, others) };
  return { ...state, others, othersBefore: state.others, roundBegan: heard.sentLast };
}

/**
 * Ours below the ceiling, beside the others, less the head room. The most that the others had in two rounds counts: their coming is
 * believed at once, their going when it lasts.
 */
function roomOf({ ceiling, probe, headRoomPercent, others, othersBefore }: AdaptiveLimit): number {
  if (ceiling === Number.POSITIVE_INFINITY) return ceiling;
  return Math.floor(((ceiling + probe) * (100 - headRoomPercent)) / 100) - Math.max(others, othersBefore);
}

/** Small beside a small ceiling; a ceiling that is gone for good is outgrown in a few dozen rounds. */
const probeStep = (ceiling: number): number => Math.max(1, Math.floor(ceiling / 10));

const bounded = (state: AdaptiveLimit, limit: number): AdaptiveLimit => ({
  ...state,
  limit: Math.max(1, Math.min(state.cap, limit, roomOf(state))),
});
