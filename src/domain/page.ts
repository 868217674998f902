import { isUtf8 } from 'node:buffer';
import { checkEcho, type SentFilter } from './echo.js';
import { mark, nonSpace } from './json-bytes.js';

/**
 * A page of a v2010 list, taken apart without parsing its rows: one answer holds up to 1000 of them, and a JavaScript object
 * for each would cost most of the run. Only the envelope around them is parsed.
 */

/** What surrounds the rows. Source: Twilio's OpenAPI document, ListCallResponse and its kin. */
export interface Envelope {
  /** The list as Twilio understood it: host-relative, with the filters it applied. */
  readonly uri: string;
  /** Where the next page is; null on the last one. */
  readonly nextPageUri: string | null;
  /** Counted from 0. Undefined where Twilio left it out. */
  readonly page: number | undefined;
  /** Rows asked for. Undefined where Twilio left it out. */
  readonly pageSize: number | undefined;
}

export type SplitPage =
  | { readonly kind: 'page'; readonly envelope: Envelope; readonly rows: Buffer }
  | { readonly kind: 'not_a_page'; readonly detail: string };

/** How often the rows' end is looked for again: `]` may also stand in a text of the envelope behind the rows. */
const arrayEndTriesMax = 8;

const notAPage = (detail: string): SplitPage => ({ kind: 'not_a_page', detail });

/**
 * `body` is an answer's bytes, `rowsKey` the envelope's key of the rows. Out come the envelope and the rows as the JSON array
 * that Twilio sent: bytes of the body itself, not copied, not decoded and *not* proved to be well-formed inside: whoever parses
 * them next says so. Anything else (empty, null, HTML, truncated, not UTF-8, a bare array) is not a page; the detail never
 * quotes the body. JSON's own marks are ASCII, so they are found among the bytes.
 */
export function splitPage(body: Buffer, rowsKey: string): SplitPage {
  if (!isUtf8(body)) return notAPage('its bytes are not UTF-8');
  const first = nonSpace(body, 0, 1);
  if (first >= body.length) return notAPage('the body is empty');
  if (body[first] !== mark.objectStart) {
    return notAPage(body[first] === mark.less ? 'the body is HTML or XML' : 'the body is not a JSON object');
  }
  const start = arrayStart(body, rowsKey);
  if (start === undefined) return notAPage(`it has no list of ${rowsKey}`);
  let end = body.lastIndexOf(mark.arrayEnd);
  for (let tries = 0; end > start && tries < arrayEndTriesMax; tries++) {
    const envelope = parseEnvelope(`${body.toString('utf8', 0, start)}[]${body.toString('utf8', end + 1)}`, rowsKey);
    if (envelope !== undefined) return checkShape(envelope, body.subarray(start, end + 1));
    end = body.lastIndexOf(mark.arrayEnd, end - 1);
  }
  return notAPage('it is truncated or not JSON');
}

/** Where the array of `"rowsKey": [` begins. A key is never found inside a text: there its quotes are escaped. */
function arrayStart(body: Buffer, rowsKey: string): number | undefined {
  const key = `"${rowsKey}"`;
  for (let at = body.indexOf(key); at !== -1; at = body.indexOf(key, at + 1)) {
    const colon = nonSpace(body, at + key.length, 1);
    const bracket = nonSpace(body, colon + 1, 1);
    if (body[at - 1] !== mark.backslash && body[colon] === mark.colon && body[bracket] === mark.arrayStart)
      return bracket;
  }
  return undefined;
}

/** The parsed envelope, or undefined where it is not JSON or the rows were not its own (a nested list of the same name). */
function parseEnvelope(text: string, rowsKey: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const rows = value[rowsKey];
    return Array.isArray(rows) && rows.length === 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

function checkShape(envelope: Record<string, unknown>, rows: Buffer): SplitPage {
  const { uri, next_page_uri: nextPageUri, page, page_size: pageSize } = envelope;
  if (typeof uri !== 'string') return notAPage('its envelope has no uri');
  if (typeof nextPageUri !== 'string' && nextPageUri !== null) return notAPage('its envelope has no next_page_uri');
  // Only the two ends of the rows are looked at, so this costs nothing on a long page.
  const inside = nonSpace(rows, 1, 1);
  const last = nonSpace(rows, rows.length - 2, -1);
  const empty = inside === rows.length - 1;
  if (!empty && !(rows[inside] === mark.objectStart && rows[last] === mark.objectEnd)) {
    return notAPage('its rows are not objects, or cut off');
  }
  return {
    kind: 'page',
    envelope: {
      uri,
      nextPageUri,
      page: typeof page === 'number' ? page : undefined,
      pageSize: typeof pageSize === 'number' ? pageSize : undefined,
    },
    rows,
  };
}

/** Where a list lives: what its pages may point to. */
export interface ListPlace {
  /** `/2010-04-01/Accounts/AC…/Calls.json` */
  readonly path: string;
  /** `https://api.twilio.com`: the only origins that an absolute URI may have. */
  readonly origins: readonly string[];
}

export type NextPage =
  | { readonly kind: 'next'; readonly uri: string }
  | { readonly kind: 'refused'; readonly detail: string };

/**
 * A `next_page_uri` as it came → the host-relative URI to ask, or why it is not followed. Credentials go wherever the next
 * request goes, so it must be the same list of the same account at the same host, byte by byte: no `..`, no escapes in the
 * path, nothing that URL parsers read in more than one way.
 */
export function checkNextPageUri(uri: string, place: ListPlace): NextPage {
  const refused = (detail: string): NextPage => ({ kind: 'refused', detail });
  if (!/^[!-~]*$/.test(uri) || /[\\#]/.test(uri)) return refused('it holds characters that a URI does not have');
  const origin = place.origins.find((one) => uri.startsWith(`${one}/`));
  const relative = origin === undefined ? uri : uri.slice(origin.length);
  if (!relative.startsWith('/') || relative.startsWith('//')) return refused('it leads to another host');
  const path = relative.split('?', 1)[0];
  return path === place.path
    ? { kind: 'next', uri: relative }
    : refused('it leads to another account, list or folder than the one asked for');
}

/** What a page must be before anybody looks at its rows. */
/** A page as it came. */
export interface PageAnswer {
  readonly body: Buffer;
  /** Names in lower case. They are for the slots: nobody else looks at them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ExpectedPage {
  readonly rowsKey: string;
  readonly filters: readonly SentFilter[];
  readonly place: ListPlace;
}

export type ReadPage =
  | {
      readonly kind: 'page';
      /** The JSON array of rows, as bytes of the body. */
      readonly rows: Buffer;
      /** This page's own address as Twilio tells it. */
      readonly uri: string;
      /** Checked; null on the last page. */
      readonly nextUri: string | null;
    }
  /** `transient`: damaged on its way, another answer may be whole. Otherwise asking again would bring the same. */
  | { readonly kind: 'problem'; readonly transient: boolean; readonly detail: string };

/** An answer's bytes → its rows and where it goes on, with everything about the envelope checked. */
export function readPage(body: Buffer, expected: ExpectedPage): ReadPage {
  const problem = (detail: string, transient: boolean): ReadPage => ({ kind: 'problem', transient, detail });
  const split = splitPage(body, expected.rowsKey);
  if (split.kind === 'not_a_page') return problem(`not a page, ${split.detail}`, true);
  const { uri, nextPageUri } = split.envelope;
  const echoProblem = checkEcho(uri, expected.filters);
  if (echoProblem !== undefined) return problem(echoProblem, false);
  if (nextPageUri === null) return { kind: 'page', rows: split.rows, uri, nextUri: null };
  const next = checkNextPageUri(nextPageUri, expected.place);
  if (next.kind === 'refused') return problem(`its next_page_uri is not followed, ${next.detail}`, false);
  return { kind: 'page', rows: split.rows, uri, nextUri: next.uri };
}
