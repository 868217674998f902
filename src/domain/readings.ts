import { Reading } from './reading.js';
import type { Task } from './task.js';

export interface ReadingsLimits {
  /** Readings side by side, over all accounts and of one. */
  readonly concurrency: number;
  readonly accountConcurrency: number;
  /** Pages of a list without date filter. */
  readonly undatedPages: number;
}

/** The tasks that are being pulled, and who may take over a part of one. */
export class Readings {
  private readonly active = new Set<Reading>();
  /** Time that a page of a part spans in the list that it was taken from, by the part's task number. */
  private readonly pageMsOf = new Map<number, number>();
  private wake: () => void = () => undefined;
  private waiting: Promise<void> | undefined;

  constructor(
    private readonly limits: ReadingsLimits,
    /** The number of the last task that there is. */
    public lastTaskNumber: number,
  ) {}

  get idle(): boolean {
    return this.active.size === 0;
  }

  begin(task: Task): Reading {
    const reading = new Reading(task, this.limits.undatedPages, this.pageMsOf.get(task.number));
    this.pageMsOf.delete(task.number);
    this.active.add(reading);
    return reading;
  }

  end(reading: Reading): void {
    this.active.delete(reading);
    this.changed();
  }

  /** Something came, so that there may be something to hand over. */
  changed(): void {
    this.wake();
    this.waiting = undefined;
  }

  /** Resolves at the next change. */
  change(): Promise<void> {
    this.waiting ??= new Promise((resolve) => {
      this.wake = resolve;
    });
    return this.waiting;
  }

  /** A task made of the older half of what is left to the longest reading, where there is room for one more. */
  divide(): Task | undefined {
    const asking = [...this.active].filter((reading) => reading.asks);
    if (asking.length >= this.limits.concurrency) return undefined;
    const ofAccount = new Map<string, number>();
    for (const { task } of asking) ofAccount.set(task.accountSid, (ofAccount.get(task.accountSid) ?? 0) + 1);
    let longest: Reading | undefined;
    for (const reading of asking) {
      if ((ofAccount.get(reading.task.accountSid) ?? 0) >= this.limits.accountConcurrency) continue;
      if (reading.pagesLeft > (longest?.pagesLeft ?? 0)) longest = reading;
    }
    const pageMs = longest?.pageMs;
    const window = longest?.divide();
    if (longest === undefined || window === undefined) return undefined;
    this.lastTaskNumber += 1;
    if (pageMs !== undefined) this.pageMsOf.set(this.lastTaskNumber, pageMs);
    return { ...longest.task, number: this.lastTaskNumber, window };
  }
}
