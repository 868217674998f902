import { invariant } from './errors.js';
import { divisiblePagesMin, undatedMarginDays } from './limits.js';
import type { PageTimes } from './page-times.js';
import { addDays, dateOf, type Instant, instantOf, type Window } from './period.js';
import { isUndated } from './resource.js';
import type { Task } from './task.js';

const secondMs = 1000;

const ms = (instant: Instant): number => dateOf(instant).getTime();

/** How far a task has come. */
export interface Reach {
  pages: number;
  rows: number;
}

/** What a page means for the task that it belongs to. */
export interface Seen {
  /** No further page is needed. */
  readonly last: boolean;
  /**
   * Everything of the task's window from here on was on this page or on those before it. Undefined where that cannot be said, or the
   * task has no window.
   */
  readonly completeFrom: Instant | undefined;
}

/**
 * A task while it is pulled: Twilio lists the newest first, so that pages lead from the window's end down to its start. On the way,
 * the part that is not yet reached can be handed over to a task of its own: this one then ends where that one's window ends.
 * Nothing rests on the order that was not seen to hold: where it does not, the list is read to its end.
 */
export class Reading {
  /** Where it ends. Moves up when a part is handed over. */
  private stop: Instant | undefined;
  /** The time of the first row. */
  private newest: Instant | undefined;
  /** The time of the oldest row so far; the list may go on in the same second. */
  private oldest: Instant | undefined;
  private pages = 0;
  private inOrder = true;
  private ended = false;
  private endedAtStop = false;
  /** Since when records without a date were looked for, where that is later than the window's start; it may lie behind its end. */
  searchedFrom: Instant | undefined;
  /** What was landed. */
  readonly reach: Reach = { pages: 0, rows: 0 };

  constructor(
    readonly task: Task,
    /** Pages that are read of a list without date filter, at most. */
    private readonly undatedPages: number,
    /** Time that a page spans in the list that this one is a part of: believed until it has pages of its own. */
    private readonly expectedPageMs?: number | undefined,
  ) {
    this.stop = task.window?.start;
  }

  /** What is left of its window, parts handed over not counted. */
  get window(): Window | undefined {
    const { window } = this.task;
    return window === undefined || this.stop === undefined ? undefined : { start: this.stop, end: window.end };
  }

  /** It has pages to ask for; otherwise it waits for its last ones to land. */
  get asks(): boolean {
    return !this.ended;
  }

  /** It ended before its list did, and afterwards turned out not to be in order: it must be read again, to the end of the list. */
  get cutInDisorder(): boolean {
    return this.endedAtStop && !this.inOrder;
  }

  /** A page of the list, the one behind those seen before. `times` undefined: it has no rows, or no times that can be told. */
  see(times: PageTimes | undefined, listEnds: boolean): Seen {
    this.pages += 1;
    const seen = isUndated(this.task.resource) ? this.search(times, listEnds) : this.follow(times, listEnds);
    this.ended = seen.last;
    return seen;
  }

  private follow(times: PageTimes | undefined, listEnds: boolean): Seen {
    const follows =
      times === undefined ? listEnds : times.oldest <= times.newest && times.newest <= (this.oldest ?? times.newest);
    this.inOrder &&= follows;
    this.newest ??= times?.newest;
    this.oldest = times?.oldest ?? this.oldest;
    const { window } = this.task;
    if (window === undefined || this.stop === undefined) return { last: listEnds, completeFrom: undefined };
    if (!this.inOrder) return { last: listEnds, completeFrom: listEnds ? window.start : undefined };
    // Its own filter reaches down to the window's start, whatever was handed over.
    if (listEnds) return { last: true, completeFrom: window.start };
    if (this.oldest === undefined) return { last: false, completeFrom: undefined };
    if (this.oldest < this.stop) {
      this.endedAtStop = true;
      return { last: true, completeFrom: this.stop };
    }
    const next = instantOf(new Date(ms(this.oldest) + secondMs));
    return { last: false, completeFrom: next < window.end ? next : window.end };
  }

  /**
   * A list without date filter holds all there ever was. What it is sorted by nobody says, so it is read until a page begins and ends
   * well before the window, or for as many pages as may be.
   */
  private search(times: PageTimes | undefined, listEnds: boolean): Seen {
    const { window } = this.task;
    invariant(window !== undefined, 'records without a date are looked for over a window');
    const youngest = times === undefined || times.newest > times.oldest ? times?.newest : times.oldest;
    if (listEnds || (youngest !== undefined && addDays(youngest, undatedMarginDays) < window.start)) {
      return { last: true, completeFrom: window.start };
    }
    if (this.pages < this.undatedPages) return { last: false, completeFrom: undefined };
    this.searchedFrom = youngest === undefined ? window.end : addDays(youngest, undatedMarginDays);
    return { last: true, completeFrom: this.searchedFrom < window.end ? this.searchedFrom : window.end };
  }

  /** Its rows are not the newest first. */
  disorder(): void {
    this.inOrder = false;
  }

  /** Begins again at its first page; where it was not in order, to the end of its list. */
  restart(): void {
    if (!this.inOrder) this.stop = this.task.window?.start;
    this.newest = undefined;
    this.oldest = undefined;
    this.pages = 0;
    this.ended = false;
    this.endedAtStop = false;
    this.searchedFrom = undefined;
    Object.assign(this.reach, { pages: 0, rows: 0 });
  }

  /** Pages that are still to come, if they are as dense as those before; 0 where nothing can be said. */
  get pagesLeft(): number {
    const { pageMs, reached, stop } = this;
    if (pageMs === undefined || reached === undefined || stop === undefined || this.ended || !this.inOrder) return 0;
    return Math.max(0, ms(reached) - ms(stop)) / pageMs;
  }

  /** Time that a page spans; undefined where that cannot be said. */
  get pageMs(): number | undefined {
    if (this.newest === undefined || this.oldest === undefined)
      return this.pages === 0 ? this.expectedPageMs : undefined;
    return Math.max(secondMs, ms(this.newest) - ms(this.oldest)) / this.pages;
  }

  /** From where on nothing was read yet. */
  private get reached(): Instant | undefined {
    return this.oldest ?? this.task.window?.end;
  }

  /** Hands over the older half of what is left, where that is worth a task of its own. */
  divide(): Window | undefined {
    const { reached, stop } = this;
    if (reached === undefined || stop === undefined || this.pagesLeft < divisiblePagesMin) return undefined;
    const seconds = Math.floor((ms(reached) - ms(stop)) / 2 / secondMs);
    if (seconds < 1) return undefined;
    this.stop = instantOf(new Date(ms(stop) + seconds * secondMs));
    return { start: stop, end: this.stop };
  }
}
