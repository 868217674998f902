import type { Span } from './query.js';
import { firstAt } from './usage.js';

/** Records in the order of time, by index. */
export interface Timeline {
  count: number;
  timeOf(index: number): number;
}

/** Where to go on from: after (older than) or before (newer than) a record, by its index. */
export type Cursor = { after: number } | { before: number } | undefined;

/** A range of indexes `[low, high)`. */
export interface IndexRange {
  low: number;
  high: number;
}

/** The records that exist at `now` and whose time lies in a span. */
export function rangeOf(timeline: Timeline, span: Span | undefined, now: number): IndexRange {
  const low = span === undefined || span.from === Number.NEGATIVE_INFINITY ? 0 : firstAt(timeline, span.from);
  const to = Math.min(span?.to ?? Number.POSITIVE_INFINITY, now + 1);
  return { low, high: Math.max(firstAt(timeline, to), low) };
}

/** One page: the indexes of its records, newest first, and whether there are older ones. */
export interface Selection {
  indexes: number[];
  hasMore: boolean;
}

/** Takes up to `size` accepted records, newest first, from where the cursor says. */
export function select(
  range: IndexRange,
  cursor: Cursor,
  size: number,
  accepts: (index: number) => boolean,
): Selection {
  const indexes: number[] = [];
  if (cursor !== undefined && 'before' in cursor) {
    for (let at = Math.max(cursor.before + 1, range.low); at < range.high && indexes.length < size; at++) {
      if (accepts(at)) indexes.push(at);
    }
    return { indexes: indexes.reverse(), hasMore: indexes.length > 0 };
  }
  let at = cursor === undefined ? range.high - 1 : Math.min(cursor.after, range.high) - 1;
  for (; at >= range.low && indexes.length < size; at--) {
    if (accepts(at)) indexes.push(at);
  }
  for (; at >= range.low; at--) {
    if (accepts(at)) return { indexes, hasMore: true };
  }
  return { indexes, hasMore: false };
}
