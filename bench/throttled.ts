import { runSide } from './child.js';
import { type Figure, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { type Target, truthOfCalls, withSimulator } from './simulator.js';

const usedGoal = 0.9;
const refusedGoal = 0.01;
const ceiling = 10;
const latencyMs = 200;

/** How many requests of others are in flight, in turn, and for how many milliseconds each. */
const traffics = {
  /** Four at once come and go, which no head room of one can soften. */
  jumps: '2,6:10000',
  stairs: '2,3,4,5,6,5,4,3:2500',
};

interface Seen {
  readonly requests: number;
  readonly refused: number;
  /** Seconds from the first request to the last, of room for requests, and of requests in that room. */
  readonly seconds: number;
  readonly roomSeconds: number;
  readonly usedSeconds: number;
}

/**
 * Pulling one day of many accounts below a ceiling that others use as well. The room is what they leave, less the head room; from
 * the first request for a task to the last, slow start and the search for the ceiling included.
 */
export async function throttled(options: BenchOptions): Promise<Figure[]> {
  const { records = 20_000, accounts = 400, seed = 1, concurrency = 20, headRoom = 10 } = options;
  const world = { records, accounts, seed, from: '2026-09-07', to: '2026-09-08', profile: 'plain,uniform' };
  const figures: Figure[] = [];
  for (const [name, traffic] of Object.entries(traffics)) {
    const flags = { 'latency-ms': latencyMs, 'concurrency-limit': ceiling, 'other-traffic': traffic };
    const seen = await withSimulator({ ...world, flags }, async (target) => {
      const product = await runSide<ProductResult>('product', {
        target,
        flags: { concurrency: String(concurrency), headRoom: String(headRoom) },
        countFromPlan: true,
      });
      const truth = await truthOfCalls(target);
      if (product.rows !== truth.rows) throw new Error(`${product.rows} calls came, ${truth.rows} there are`);
      return seenBy(target);
    });
    note(`${name}: ${seen.requests} requests in ${seen.seconds.toFixed(1)} s, ${seen.refused} refused`);
    figures.push(...figuresOf(seen, headRoom, { other_traffic: traffic, ceiling, latency_ms: latencyMs, concurrency }));
  }
  return figures;
}

async function seenBy({ baseUrl }: Target): Promise<Seen> {
  const stats = (await (await fetch(`${baseUrl}/_simulator/stats`)).json()) as {
    readonly requests: number;
    readonly by_status: Readonly<Record<string, number>>;
    readonly room: { readonly seconds: number; readonly room_seconds: number; readonly used_seconds: number };
  };
  const { requests, by_status, room } = stats;
  return {
    requests,
    refused: by_status['429'] ?? 0,
    seconds: room.seconds,
    roomSeconds: room.room_seconds,
    usedSeconds: room.used_seconds,
  };
}

function figuresOf(seen: Seen, headRoom: number, world: Readonly<Record<string, unknown>>): Figure[] {
  const { requests, refused, seconds, roomSeconds, usedSeconds } = seen;
  const ours = roomSeconds - (ceiling * headRoom * seconds) / 100;
  const details = { ...world, head_room_percent: headRoom, requests, seconds: roundTo(seconds, 1) };
  return [
    {
      bench: 'throttled',
      ratio: usedSeconds / ours,
      goal: usedGoal,
      goal_is: 'at_least',
      details: {
        of: 'room used, of what others and the head room leave',
        of_what_others_leave: roundTo(usedSeconds / roomSeconds, 3),
        ...details,
      },
    },
    {
      bench: 'throttled',
      ratio: refused / requests,
      goal: refusedGoal,
      goal_is: 'at_most',
      details: { of: 'requests answered 429', refused, ...details },
    },
  ];
}
