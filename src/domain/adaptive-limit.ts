import {
  ceilingTrustedRounds,
  concurrencyStart,
  probeRoundsMax,
  refusalPauseMsBase,
  refusalPauseMsMax,
  retryTotalMsMax,
  slowStartPercent,
  spacingMsMin,
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
  /** The most requests in flight, of everybody, that were seen to be borne. */
  readonly borne: number;
  /** Rounds since the last refusal that made use of the limit. After so many, whether more is borne is tried. */
  readonly trustedRounds: number;
  /** Whether this round made use of the limit: few requests prove nothing about many. */
  readonly used: boolean;
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
  borne: 0,
  trustedRounds: 0,
  used: false,
  others: 0,
  othersBefore: 0,
  roundBegan: 0,
  halvedAt: 0,
  refusalsInARow: 0,
});

/** Where Twilio bears it: one more for each answer to a request that made use of the limit, up to the room that is known. */
export function afterAnswer(before: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const { request } = heard;
  const state = withRound(before, heard);
  // What was sent before the last refusal tells of a ceiling that may have sunk since.
  const outgrown = request.number > state.halvedAt && totalOf(heard) > state.ceiling;
  // With all that may be sent in flight there is no ceiling to be found any more.
  const outgrownTo = request.inFlight >= state.cap ? Number.POSITIVE_INFINITY : totalOf(heard);
  const ceiling = outgrown ? outgrownTo : state.ceiling;
  const trustedRounds = outgrown ? ceilingTrustedRounds + 1 : state.trustedRounds;
  const borne = Math.max(state.borne, totalOf(heard));
  const next = { ...state, borne, trustedRounds, ceiling, refusalsInARow: 0 };
  return bounded(next, state.limit + (isUsing(request) ? 1 : 0));
}

/** Halves, but once for all the requests that were on their way together. */
export function afterRefusal(before: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const ceiling = Math.max(1, Math.min(before.ceiling, totalOf(heard) - 1));
  const state = { ...withRound(before, heard), ceiling, trustedRounds: 0 };
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

/**
 * How far apart requests are sent below a ceiling. Answers come in bunches, and a bunch sent on would be refused as a whole where others
 * have come, before the first refusal is known. Twice as close as needed to keep the room full, so that nothing is lost by it.
 */
export function spacingMs({ ceiling, limit }: AdaptiveLimit, fastestMs: number): number {
  if (ceiling === Number.POSITIVE_INFINITY || fastestMs === Number.POSITIVE_INFINITY) return 0;
  const apartMs = Math.floor(fastestMs / (2 * limit));
  return apartMs < spacingMsMin ? 0 : apartMs;
}

/** Everybody's requests in flight. A count below our own counts something else, perhaps one account only, and is not used. */
const totalOf = ({ request, concurrentRequests = 0 }: Heard): number => Math.max(concurrentRequests, request.inFlight);

const isUsing = ({ inFlight, limit }: SentRequest): boolean => inFlight * 2 >= limit;

/** What the round has shown so far; or it is over, and the next one begins with this answer. */
function withRound(state: AdaptiveLimit, heard: Heard): AdaptiveLimit {
  const others = totalOf(heard) - heard.request.inFlight;
  const used = isUsing(heard.request);
  if (heard.request.number <= state.roundBegan) {
    return { ...state, others: Math.max(state.others, others), used: state.used || used };
  }
  const rounds = state.trustedRounds + (state.used ? 1 : 0);
  const trustedRounds = rounds > ceilingTrustedRounds + probeRoundsMax ? 0 : rounds;
  return { ...state, others, othersBefore: state.others, used, trustedRounds, roundBegan: heard.sentLast };
}

/**
 * Ours beside the others: while no ceiling is known, half as many again as were borne, so that few are refused. Then up to the ceiling,
 * less the head room; when more is tried, a little beyond the ceiling, for only that tells whether it still stands. The most that the others had in two rounds counts: their coming is believed at once, their going when it lasts.
 */
function roomOf({ ceiling, borne, trustedRounds, headRoomPercent, ...state }: AdaptiveLimit): number {
  const others = Math.max(state.others, state.othersBefore);
  if (ceiling === Number.POSITIVE_INFINITY) {
    return Math.max(concurrencyStart, Math.floor((borne * slowStartPercent) / 100) - others);
  }
  const probes = trustedRounds > ceilingTrustedRounds;
  const total = probes ? ceiling + probeStep(ceiling) : Math.floor((ceiling * (100 - headRoomPercent)) / 100);
  return total - others;
}

/** Small beside a small ceiling; one that is gone for good is outgrown in a few dozen rounds. */
const probeStep = (ceiling: number): number => Math.max(1, Math.floor(ceiling / 10));

const bounded = (state: AdaptiveLimit, limit: number): AdaptiveLimit => ({
  ...state,
  limit: Math.max(1, Math.min(state.cap, limit, roomOf(state))),
});
