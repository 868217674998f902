/** Requests of others, in flight beside those that come: levels that take turns, each for so long. */
export interface OtherTraffic {
  levels: readonly number[];
  eachMs: number;
}

const LEVELS_MAX = 1000;
const COUNT_MAX = 100_000;
const EACH_MS_MAX = 3_600_000;

/** Checks it. Throws a RangeError that names the option. */
export function checkOtherTraffic({ levels, eachMs }: OtherTraffic): void {
  const whole = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  const good = levels.length > 0 && levels.length <= LEVELS_MAX && levels.every((level) => whole(level, 0, COUNT_MAX));
  if (!good || !whole(eachMs, 1, EACH_MS_MAX))
    throw new RangeError('other traffic must be levels and milliseconds such as 2,6:5000');
}

/**
 * The room below the ceiling that the others leave, and how much of it is used: both summed over time, from the first request since
 * the last reset to the latest.
 */
export class Room {
  private startedMs: number | undefined;
  private seenMs = 0;
  private inFlight = 0;
  private roomMs = 0;
  private usedMs = 0;

  /** `limit` 0 = no ceiling, and so no room to speak of. Times are milliseconds since the start. */
  constructor(
    private readonly limit: number,
    private readonly traffic: OtherTraffic | undefined,
  ) {}

  /** How many requests of others are in flight. */
  othersAt(ms: number): number {
    if (this.traffic === undefined) return 0;
    const { levels, eachMs } = this.traffic;
    return levels[Math.floor(ms / eachMs) % levels.length] ?? 0;
  }

  /** From now on so many are in flight that were let in. */
  change(inFlight: number, nowMs: number): void {
    this.advance(nowMs);
    this.inFlight = inFlight;
  }

  reset(): void {
    this.startedMs = undefined;
    this.roomMs = 0;
    this.usedMs = 0;
  }

  report(): Record<string, number> {
    const seconds = (ms: number): number => Math.round(ms) / 1000;
    const forMs = this.startedMs === undefined ? 0 : this.seenMs - this.startedMs;
    return { seconds: seconds(forMs), room_seconds: seconds(this.roomMs), used_seconds: seconds(this.usedMs) };
  }

  /** Adds up what has passed, piece by piece between the changes of the others. */
  private advance(nowMs: number): void {
    this.startedMs ??= this.seenMs = nowMs;
    while (this.seenMs < nowMs) {
      const { seenMs } = this;
      const eachMs = this.traffic?.eachMs ?? Number.POSITIVE_INFINITY;
      const untilMs = Math.min(nowMs, eachMs * (Math.floor(seenMs / eachMs) + 1));
      const room = Math.max(0, this.limit - this.othersAt(seenMs));
      this.roomMs += room * (untilMs - seenMs);
      this.usedMs += Math.min(room, this.inFlight) * (untilMs - seenMs);
      this.seenMs = untilMs;
    }
  }
}
