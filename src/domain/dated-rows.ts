import { eachValue, mark } from './json-bytes.js';
import type { TaskResource } from './resource.js';
import { dropUris, type SlimRows, withPrices } from './slim-rows.js';

/** What a list without date filter is searched for: rows in which this is null or empty. As `eachValue` takes it. */
const dateKeys: Partial<Record<TaskResource, `${string}"`>> = {
  undated_calls: 'start_time"',
  undated_messages: 'date_sent"',
};

const noRows: SlimRows = { json: Buffer.from('[]'), priceKeys: 0, quoted: 0, received: [] };

/** A page's rows as they are landed; none of a list without date filter where all have a date. `rows` is overwritten. */
export function rowsToLand(rows: Buffer, resource: TaskResource): SlimRows {
  const json = dropUris(rows);
  return allAreDated(json, resource) ? noRows : withPrices(json);
}

/**
 * Whether a page of a list without date filter holds nothing to keep, because each of its rows has a date: looked up among the bytes,
 * so that nobody need parse it. `rows` is what `dropUris` leaves, where a row has no braces but its own; with more of them, or with
 * anything else unusual, the answer is no, and the database decides.
 */
export function allAreDated(rows: Buffer, resource: TaskResource): boolean {
  const key = dateKeys[resource];
  return key !== undefined && datesOf(rows, key) === objectsOf(rows);
}

function objectsOf(rows: Buffer): number {
  let objects = 0;
  for (let at = rows.indexOf(mark.objectStart); at !== -1; at = rows.indexOf(mark.objectStart, at + 1)) objects += 1;
  return objects;
}

/** Values that are a text, and not an empty one. */
function datesOf(rows: Buffer, key: `${string}"`): number {
  let dates = 0;
  eachValue(rows, key, (start) => {
    if (rows[start] === mark.quote && rows[start + 1] !== mark.quote) dates += 1;
  });
  return dates;
}
