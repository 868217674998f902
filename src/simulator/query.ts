import { parseFilterTime } from './time.js';

/** A problem with a request, as Twilio names it: HTTP status, its own code, and a sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Form encoding, as the URIs in Twilio's examples have it: a space is `+`, a colon `%3A`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('!', '%21');
}

/** The parameters of a request, in the order in which they were sent. */
export class Query {
  private readonly entries: [name: string, value: string][];

  constructor(raw: string) {
    this.entries = raw
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const at = pair.indexOf('=');
        return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
      });
  }

  /** The last value under a name; undefined where it is absent or empty, which Twilio takes for absent. */
  get(name: string): string | undefined {
    const value = this.entries.findLast((entry) => entry[0] === name)?.[1];
    return value === '' ? undefined : value;
  }

  /** The filters that are known, encoded again, in the order sent. What is not known is ignored and not echoed. */
  echo(known: readonly string[]): string {
    return this.entries
      .filter(([name, value]) => known.includes(name) && value !== '')
      .map(([name, value]) => `${encode(name)}=${encode(value)}&`)
      .join('');
  }
}

/** A span of instants `[from, to)`, in seconds. */
export interface Span {
  from: number;
  to: number;
}

/**
 * What `Name`, `Name<` and `Name>` say together about a time. Undefined where none of them was sent.
 *
 * @param includesUpper whether a row exactly on the bound of `<` is in: Twilio's texts disagree
 */
export function timeSpan(query: Query, name: string, includesUpper: boolean): Span | undefined {
  const on = filterTime(query, name);
  const before = filterTime(query, `${name}<`);
  const after = filterTime(query, `${name}>`);
  if (on === undefined && before === undefined && after === undefined) return undefined;
  const span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  if (after !== undefined) span.from = after.instant;
  if (before !== undefined) span.to = before.instant + (includesUpper ? 1 : 0);
  if (on !== undefined) {
    span.from = Math.max(span.from, on.instant);
    span.to = Math.min(span.to, on.instant + (on.wholeDay ? 86_400 : 1));
  }
  return span;
}

function filterTime(query: Query, name: string): { instant: number; wholeDay: boolean } | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  const found = parseFilterTime(text);
  if (found === undefined) throw new ApiError(400, 20001, `Invalid value for ${name}`);
  return found;
}
