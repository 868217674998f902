import type { FaultAction } from '../../src/simulator/faults.js';
import type { Profile, SimulatorOptions } from '../../src/simulator/options.js';
import { Draw } from './draw.js';
import type { SimulatorTestOptions } from './simulator.js';

/** Something that happens to the world when the simulator has seen so many requests of a run. */
export type Upset = { readonly at: number } & (
  | { readonly kind: 'clock'; readonly to: string }
  | { readonly kind: 'vanish' | 'price' | 'account'; readonly count: number }
);

/** Something that goes wrong on the way, and not again when it is asked anew. */
export interface Mishap {
  /** Which of the requests that match, counted from 1. */
  readonly nth: readonly number[];
  readonly path?: string;
  readonly action: FaultAction;
}

export interface Pace {
  readonly concurrency: number;
  readonly accountConcurrency: number;
  /** How fast the product's clock goes: what it has pulled is landed every five seconds. */
  readonly clockRate: number;
}

/** UTC days, `to` not included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A run that something happens to; of all the days of the world, or of those before or behind one of its midnights. */
export interface RunPlan extends Pace, Days {
  /** `kill`: the built program, by SIGKILL, once the simulator has seen `at` requests. `abort`: at event number `at`. */
  readonly end: 'undisturbed' | 'abort' | 'kill';
  readonly at: number;
  /** A killed program's requests all take five seconds once from here on, so that it has landed something. */
  readonly slowAt: number | undefined;
  readonly undatedPages: number;
  /** Since the run before began, by the product's clock. */
  readonly hoursLater: number;
  readonly upsets: readonly Upset[];
  readonly mishaps: readonly Mishap[];
}

export interface WorldPlan {
  readonly seed: number;
  readonly simulator: SimulatorTestOptions & WorldSize & Pick<SimulatorOptions, 'seed' | 'from' | 'to'>;
  /** The simulated clock at first, and when the world stands still. The same where it stands still from the beginning. */
  readonly start: string;
  readonly end: string;
  readonly runs: readonly RunPlan[];
  /** Whether the ledger is deleted before the last run, which makes it anew from the landing. */
  readonly isMadeAnew: boolean;
  /** Of the runs that nothing happens to. */
  readonly calm: Pace;
}

/** Of what a run asks for. A page costs some ten milliseconds, and each world is pulled three to five times. */
const pagesMax = 80;
const recordsMax = 1200;
/** Usage rows that the simulator lists for an account and day. */
const usageRows = 57;
const dayMs = 86_400_000;

const instantText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const dayText = (ms: number): string => instantText(ms).slice(0, 10);

/** A world, what happens in it, and how it is pulled: all from one seed. */
export function drawWorld(seed: number): WorldPlan {
  const draw = new Draw(seed);
  const size = drawSize(draw);
  const { fromMs, toMs } = size;
  const endMs = toMs + draw.pick([60_000, 1_200_000, 3_600_000, dayMs, 6 * dayMs]);
  const isStill = draw.chance(35);
  const startMs = isStill ? endMs : fromMs + Math.floor((endMs - fromMs) * draw.pick([0.3, 0.5, 0.8, 0.97]));
  const ceiling = draw.chance(30) ? draw.int(3, 8) : 0;
  const calm = drawPace(draw, ceiling === 0 ? 24 : ceiling);
  const runs = drawRuns(draw, { ...size, isStill, startMs, endMs, ceiling });
  const slowest = Math.min(calm.concurrency, ...runs.map((run) => Math.min(run.concurrency, run.accountConcurrency)));
  return {
    seed,
    simulator: {
      ...size.options,
      seed: draw.int(1, 1_000_000),
      from: dayText(fromMs),
      to: dayText(toMs),
      upperBound: draw.pick(['exclusive', 'inclusive']),
      listsParent: draw.chance(80),
      concurrencyLimit: ceiling,
      retryAfterSeconds: draw.pick([undefined, 1]),
      // A run is to last a second or so, however few requests there are at a time.
      latencyMs: Math.min(draw.int(0, 20), Math.floor((400 * slowest) / size.requests)),
    },
    start: instantText(startMs),
    end: instantText(endMs),
    runs,
    isMadeAnew: draw.chance(50),
    calm,
  };
}

type WorldSize = Pick<SimulatorOptions, 'accounts' | 'records' | 'profiles' | 'pageRowsMax'>;

interface Size {
  readonly options: WorldSize;
  readonly fromMs: number;
  readonly toMs: number;
  /** What a run that asks for everything needs, about. */
  readonly requests: number;
}

/** Days, accounts, page size and records such that a run needs some hundred requests. */
function drawSize(draw: Draw): Size {
  // Long lists are divided and resumed, many accounts come and go.
  const isLong = draw.chance(60);
  const days = isLong ? draw.pick([1, 2, 2, 3]) : draw.pick([1, 2, 3, 4, 7, 12]);
  const first = draw.chance(50) ? Date.UTC(2026, 9, 1) - draw.int(1, days) * dayMs : Date.UTC(2026, 9, draw.int(2, 18));
  const shape = isLong ? 'one-account' : draw.pick<Profile | undefined>([undefined, undefined, 'uniform']);
  const accounts = isLong ? 1 : draw.pick([1, 2, 3, 5, 9, 12]);
  const service = draw.pick<Profile | undefined>([undefined, undefined, undefined, 'calls-only', 'messages-only']);
  const kind = draw.pick<Profile>(['mixed', 'mixed', 'mixed', 'plain']);
  const crowded = draw.chance(50) ? ('crowded' as const) : undefined;
  const profiles = [kind, shape, service, crowded].filter((profile) => profile !== undefined);
  const lists = 5 * (accounts + 1);
  const usage = usageRows * (accounts + 1) * days;
  const sizes = [1, 2, 3, 5, 8, 13, 20, 34, 60, 100, 200];
  const fitting = sizes.filter((rows) => usage / rows <= 0.6 * pagesMax);
  const pageRowsMax = draw.pick(fitting.slice(0, 4));
  // Each record is listed twice: by its date, and in search of records without one.
  const most = Math.floor(((pagesMax - usage / pageRowsMax) * pageRowsMax) / 2);
  const records = draw.int(Math.floor(most / 3), Math.min(most, recordsMax));
  return {
    options: { accounts, records, profiles, pageRowsMax },
    fromMs: first,
    toMs: first + days * dayMs,
    requests: Math.ceil((usage + 2 * records) / pageRowsMax) + lists,
  };
}

function drawPace(draw: Draw, most: number): Pace {
  const concurrency = Math.min(most, draw.pick([1, 2, 4, 8, 24, 24]));
  const accountConcurrency = Math.min(concurrency, draw.pick([1, 4, 8, 24, 24]));
  return { concurrency, accountConcurrency, clockRate: draw.pick([1, 30, 300]) };
}

interface Circumstances {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly isStill: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly ceiling: number;
}

function drawRuns(draw: Draw, circumstances: Circumstances): RunPlan[] {
  const killed = draw.chance(18);
  const count = draw.pick([1, 1, 2, 2, 3]);
  let clockMs = circumstances.startMs;
  return Array.from({ length: count }, (_, index) => {
    // The program has our clock, so it comes first.
    const end = killed && index === 0 ? 'kill' : draw.pick<RunPlan['end']>(['abort', 'abort', 'undisturbed']);
    const upsets = circumstances.isStill ? [] : drawUpsets(draw, circumstances, clockMs);
    for (const upset of upsets) if (upset.kind === 'clock') clockMs = Date.parse(upset.to);
    return drawRun(draw, circumstances, end, upsets);
  });
}

function drawRun(draw: Draw, circumstances: Circumstances, end: RunPlan['end'], upsets: readonly Upset[]): RunPlan {
  const { requests, fromMs, toMs } = circumstances;
  const slowAt =
    end === 'kill' && draw.chance(60) ? draw.int(Math.ceil(requests / 4), Math.ceil(requests / 2)) : undefined;
  const at =
    end === 'kill' ? draw.int((slowAt ?? 0) + 3, Math.max(requests, (slowAt ?? 0) + 4)) : draw.int(1, 4 * requests);
  return {
    // So few that all of them are slow at once, and the program sends no more than those.
    ...drawPace(draw, end === 'kill' ? 4 : 24),
    ...drawDays(draw, fromMs, toMs),
    end,
    at,
    slowAt,
    undatedPages: draw.pick([1, 3, 25, 10_000]),
    hoursLater: draw.pick([0, 1, 1, 13, 30]),
    upsets,
    mishaps: draw.chance(60) ? drawMishaps(draw, requests) : [],
  };
}

function drawDays(draw: Draw, fromMs: number, toMs: number): Days {
  const middleMs = fromMs + draw.int(1, Math.max(1, (toMs - fromMs) / dayMs - 1)) * dayMs;
  const part = middleMs < toMs ? draw.pick(['all', 'all', 'before', 'behind'] as const) : 'all';
  return {
    from: dayText(part === 'behind' ? middleMs : fromMs),
    to: dayText(part === 'before' ? middleMs : toMs),
  };
}

function drawUpsets(draw: Draw, { requests, endMs }: Circumstances, clockMs: number): Upset[] {
  const upsets: Upset[] = [];
  const count = draw.int(2, 5);
  const moments = Array.from({ length: count }, () => draw.int(2, Math.ceil(0.7 * requests))).sort((a, b) => a - b);
  let nowMs = clockMs;
  for (const at of moments) {
    const kind = draw.pick<Upset['kind']>(['clock', 'clock', 'clock', 'vanish', 'vanish', 'price', 'account']);
    if (kind === 'clock') {
      nowMs += Math.floor((endMs - nowMs) * draw.pick([0.1, 0.4, 0.8]));
      upsets.push({ at, kind, to: instantText(nowMs) });
    } else upsets.push({ at, kind, count: kind === 'account' ? 1 : draw.int(1, 12) });
  }
  return upsets;
}

/** So few of them that no page runs out of tries. */
function drawMishaps(draw: Draw, requests: number): Mishap[] {
  const nth = (count: number): number[] => Array.from({ length: count }, () => draw.int(2, requests));
  const actions: readonly FaultAction[] = [
    { status: 500 },
    { status: 503, headers: { 'Retry-After': '1' } },
    { status: 429, body: { code: 20429, status: 429, message: 'Too Many Requests' } },
    { reset: 'before-headers' },
    { reset: 'mid-body' },
    { truncate: -5 },
    { truncate: -5, declare: 'short' },
    { truncate: 40, chunked: true },
  ];
  const mishaps: Mishap[] = draw.some(actions, draw.int(1, 3)).map((action) => ({ nth: nth(draw.int(1, 2)), action }));
  // A page token that expired: the list begins again, once.
  const expired = { status: 400, body: { code: 20001, status: 400, message: 'Invalid PageToken' } };
  if (draw.chance(50))
    mishaps.push({ nth: [draw.int(1, Math.ceil(requests / 2))], path: 'PageToken=', action: expired });
  return mishaps;
}
