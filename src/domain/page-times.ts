import { mark, nonSpace } from './json-bytes.js';
import { type Instant, instantOf } from './period.js';
import type { TaskResource } from './resource.js';

/** When a page's first and last row took place. Twilio lists the newest first. */
export interface PageTimes {
  readonly newest: Instant;
  readonly oldest: Instant;
}

/** The time that a list is filtered and sorted by; without a filter, the one that every row has. */
const timeKeys: Partial<Record<TaskResource, string>> = {
  calls: '"start_time"',
  messages: '"date_sent"',
  undated_calls: '"date_created"',
  undated_messages: '"date_created"',
};

/** As calls and messages write it; anything else is left to the database. */
const utcDate = /^"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000"$/;
const utcDateBytes = '"Fri, 18 Oct 2019 17:02:00 +0000"'.length;

/**
 * The times of the first and the last of a page's rows, looked up among the bytes. Undefined where there are no rows, where the
 * list has no time, or where one of the two is not written as usual: then nothing is concluded from the page's place in time.
 */
export function pageTimes(rows: Buffer, resource: TaskResource): PageTimes | undefined {
  const key = timeKeys[resource];
  if (key === undefined) return undefined;
  const newest = timeAt(rows, key, rows.indexOf(key));
  const oldest = timeAt(rows, key, rows.lastIndexOf(key));
  return newest === undefined || oldest === undefined ? undefined : { newest, oldest };
}

/** The value of the key at `at`; inside a text its quotes would be escaped, so that no comma or brace could stand before it. */
function timeAt(rows: Buffer, key: string, at: number): Instant | undefined {
  if (at === -1) return undefined;
  const before = rows[nonSpace(rows, at - 1, -1)];
  const colon = nonSpace(rows, at + key.length, 1);
  if ((before !== mark.comma && before !== mark.objectStart) || rows[colon] !== mark.colon) return undefined;
  const start = nonSpace(rows, colon + 1, 1);
  const text = rows.toString('latin1', start, start + utcDateBytes);
  if (!utcDate.test(text)) return undefined;
  const date = new Date(text.slice(1, -1));
  return Number.isNaN(date.getTime()) ? undefined : instantOf(date);
}
