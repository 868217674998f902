import {
  type AdaptiveLimit,
  afterAnswer,
  afterRefusal,
  pauseMs,
  type SentRequest,
  startLimit,
} from '../../src/domain/adaptive-limit.js';

/** A Twilio in one loop and simulated time, with a client that always has something to ask. */
export interface ThrottledWorld {
  readonly cap: number;
  readonly headRoomPercent: number;
  readonly forMs: number;
  ceilingAt(ms: number): number;
  othersAt(ms: number): number;
  /** Of one request that is borne. */
  latencyMs(): number;
  /** Whether answers say how many requests are in flight. */
  readonly tells: boolean;
  readonly retryAfter?: string;
  /** Called after each answer. */
  watch?(state: AdaptiveLimit, ms: number, refused: boolean, before: AdaptiveLimit): void;
}

export interface ThrottledResult {
  readonly requests: number;
  readonly refusedShare: number;
  /** Of the room beside the others and the head room, how much was used. */
  readonly used: number;
  readonly state: AdaptiveLimit;
}

interface OnItsWay {
  readonly request: SentRequest;
  readonly endsMs: number;
  readonly count: number;
  readonly refused: boolean;
}

/** From the client to Twilio or back. */
const wayMs = 1;

export function runThrottled(world: ThrottledWorld): ThrottledResult {
  let state = startLimit(world.cap, world.headRoomPercent);
  let onTheirWay: OnItsWay[] = [];
  let [number, refusals, quietUntilMs, roomMs, usedMs] = [0, 0, 0, 0, 0];
  for (let ms = 0; ms < world.forMs; ms += wayMs) {
    const others = world.othersAt(ms);
    const ceiling = world.ceilingAt(ms);
    for (const answer of onTheirWay.filter(({ endsMs }) => endsMs <= ms)) {
      const before = state;
      const heard = {
        request: answer.request,
        concurrentRequests: world.tells ? answer.count : undefined,
        sentLast: number,
      };
      state = answer.refused ? afterRefusal(state, heard) : afterAnswer(state, heard);
      if (answer.refused) {
        refusals += 1;
        quietUntilMs = Math.max(quietUntilMs, ms + pauseMs(state, world.retryAfter, 0));
      }
      world.watch?.(state, ms, answer.refused, before);
    }
    onTheirWay = onTheirWay.filter(({ endsMs }) => endsMs > ms);
    while (onTheirWay.length < state.limit && ms >= quietUntilMs) {
      number += 1;
      const request = { number, inFlight: onTheirWay.length + 1, limit: state.limit };
      const count = onTheirWay.filter(({ refused }) => !refused).length + 1 + others;
      const refused = count > ceiling;
      const endsMs = ms + 2 * wayMs + (refused ? 0 : world.latencyMs());
      onTheirWay.push({ request, endsMs, count, refused });
    }
    const room = Math.max(0, Math.floor((ceiling * (100 - world.headRoomPercent)) / 100) - others);
    roomMs += Math.min(room, world.cap) * wayMs;
    usedMs += Math.min(room, onTheirWay.filter(({ refused }) => !refused).length) * wayMs;
  }
  return { requests: number, refusedShare: refusals / number, used: usedMs / roomMs, state };
}
