import type { Span } from './query.js';
import { firstAt } from './usage.js';

/** Records in the order of time, by index. */
export interface Timeline {
  count: number;
  timeOf(index: number): number;
}

/**
 * A place in a list: the index of a record, or half more for its double, which stands before it (the list begins with the
 * newest).
 */
export type Position = number;

/** From one place of a list to the next older and the next newer one. */
export interface Steps {
  older(position: Position): Position;
  newer(position: Position): Position;
}

const SINGLE_STEPS: Steps = { older: (position) => position - 1, newer: (position) => position + 1 };

/** The steps through a list in which some records stand twice. */
export function stepsOf(source: { changes: { size: number }; hasTwin(index: number): boolean }): Steps {
  if (source.changes.size === 0) return SINGLE_STEPS;
  return {
    older: (at) => (!Number.isInteger(at) ? Math.floor(at) : source.hasTwin(at - 1) ? at - 0.5 : at - 1),
    newer: (at) => (!Number.isInteger(at) ? Math.ceil(at) : source.hasTwin(at) ? at + 0.5 : at + 1),
  };
}

/** Where to go on from: after (older than) or before (newer than) a place. */
export type Cursor = { after: Position } | { before: Position } | undefined;

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

/** One page: the places of its rows, newest first, and whether there are older ones. */
export interface Selection {
  positions: Position[];
  hasMore: boolean;
}

/** Takes up to `size` rows of accepted records, newest first, from where the cursor says. */
export function select(
  range: IndexRange,
  cursor: Cursor,
  size: number,
  accepts: (index: number) => boolean,
  { older, newer }: Steps,
): Selection {
  const positions: Position[] = [];
  if (cursor !== undefined && 'before' in cursor) {
    let at = Math.max(newer(cursor.before), range.low);
    for (; at < range.high && positions.length < size; at = newer(at)) {
      if (accepts(Math.floor(at))) positions.push(at);
    }
    return { positions: positions.reverse(), hasMore: positions.length > 0 };
  }
  let at = older(cursor === undefined ? range.high : Math.min(cursor.after, range.high));
  for (; at >= range.low && positions.length < size; at = older(at)) {
    if (accepts(Math.floor(at))) positions.push(at);
  }
  for (; at >= range.low; at = older(at)) {
    if (accepts(Math.floor(at))) return { positions, hasMore: true };
  }
  return { positions, hasMore: false };
}
