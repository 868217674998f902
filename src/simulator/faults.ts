import type { Answer } from './answer.js';
import type { AccountChangeRequest, RecordChangeRequest } from './changes.js';

/** Which requests a rule is for. All that is given must hold. */
export interface FaultMatch {
  /** Regular expression, tested on `GET /path?query` as it came. Absent = every request. */
  path?: string;
  /** Fires on these matches only, counted from 1. */
  nth?: number[];
  /** Lets this many matches pass first. */
  after?: number;
  /** Fires this many times, then never again. */
  times?: number;
}

/** A change of the body's text: every occurrence of `find`. */
export interface BodyEdit {
  find: string;
  replace: string;
  /** `find` is a regular expression, and `replace` may use $1 and so on. */
  regex?: boolean;
  /** Only the first occurrence. */
  once?: boolean;
}

/**
 * What goes wrong. The fields may be combined; they work in this order: the world, then what the answer says, then how
 * it is sent.
 */
export interface FaultAction {
  /** Moves the simulated clock before the request is answered: rows arrive while somebody pages. */
  set_clock?: string;
  /** Changes calls and messages, or accounts, before the request is answered: rows vanish, accounts close. */
  set_records?: RecordChangeRequest[];
  set_accounts?: AccountChangeRequest[];
  /** Answers as if this path and query had been asked for: the same page twice, a page of another account. */
  answer_as?: string;
  /** Instead of what would have been answered. Headers are added to the usual ones; an empty value removes one. */
  status?: number;
  headers?: Record<string, string>;
  /** Text, or any JSON value. */
  body?: unknown;
  /** Bytes that are no text: broken UTF-8, a byte order mark. */
  body_base64?: string;
  /** As `body` and a content type: the answer keeps its status. */
  replace_body?: string;
  content_type?: string;
  edit?: BodyEdit | BodyEdit[];
  /** Adds this many spaces before the last character of the body: a page of 50 MB. */
  pad_bytes?: number;
  /** Waits before anything is sent. */
  delay_ms?: number;
  /** Cuts the connection with a TCP reset. */
  reset?: 'before-headers' | 'mid-body';
  /** Sends only so many bytes of the body (negative: so many less than all). */
  truncate?: number;
  /** What Content-Length then says: that of the full body (default; the connection is closed), or what is sent. */
  declare?: 'full' | 'short';
  /** No Content-Length. With `truncate` the last chunk never comes and the connection is closed. */
  chunked?: boolean;
  /** Sends so many bytes of the body, then nothing, and leaves the connection open. */
  stall_after_bytes?: number;
  /** Sends the body a few bytes at a time. */
  drip?: { bytes?: number; every_ms: number };
  /** Headers that never end: one more every so many milliseconds. */
  endless_headers_ms?: number;
}

export interface FaultRule {
  match?: FaultMatch;
  action: FaultAction;
}

interface ArmedRule {
  rule: FaultRule;
  pattern: RegExp;
  matched: number;
  fired: number;
}

/** The rules in force, and how often each has matched and fired. */
export class Faults {
  private armed: ArmedRule[] = [];

  /** Replaces all rules. Throws a SyntaxError where a path is no regular expression. */
  set(rules: readonly FaultRule[]): void {
    this.armed = rules.map((rule) => {
      return { rule, pattern: new RegExp(rule.match?.path ?? ''), matched: 0, fired: 0 };
    });
  }

  /** The action of the first rule that fires on a request; every rule that matches counts it. */
  next(request: string): FaultAction | undefined {
    let action: FaultAction | undefined;
    for (const armed of this.armed) {
      if (!armed.pattern.test(request)) continue;
      armed.matched++;
      if (action !== undefined || !fires(armed)) continue;
      armed.fired++;
      action = armed.rule.action;
    }
    return action;
  }

  counts(): { matched: number; fired: number }[] {
    return this.armed.map(({ matched, fired }) => ({ matched, fired }));
  }
}

function fires(armed: ArmedRule): boolean {
  const { nth, after = 0, times = Number.POSITIVE_INFINITY } = armed.rule.match ?? {};
  if (nth !== undefined && !nth.includes(armed.matched)) return false;
  return armed.matched > after && armed.fired < times;
}

/** What the action makes of an answer. */
export function reshape(answer: Answer, action: FaultAction): Answer {
  let { status, body } = answer;
  const headers = { ...answer.headers };
  if (action.status !== undefined) status = action.status;
  if (action.body !== undefined) {
    body = Buffer.from(typeof action.body === 'string' ? action.body : JSON.stringify(action.body), 'utf8');
  }
  if (action.body_base64 !== undefined) body = Buffer.from(action.body_base64, 'base64');
  if (action.replace_body !== undefined) body = Buffer.from(action.replace_body, 'utf8');
  if (action.content_type !== undefined) headers['Content-Type'] = action.content_type;
  for (const edit of [action.edit ?? []].flat()) body = Buffer.from(edited(body.toString('utf8'), edit), 'utf8');
  if (action.pad_bytes !== undefined) {
    body = Buffer.concat([body.subarray(0, -1), Buffer.alloc(action.pad_bytes, ' '), body.subarray(-1)]);
  }
  for (const [name, value] of Object.entries(action.headers ?? {})) {
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
    if (value !== '') headers[name] = value;
  }
  return { status, headers, body };
}

function edited(text: string, edit: BodyEdit): string {
  const flags = edit.once ? '' : 'g';
  if (edit.regex) return text.replace(new RegExp(edit.find, flags), edit.replace);
  const literal = (): string => edit.replace;
  return edit.once ? text.replace(edit.find, literal) : text.replaceAll(edit.find, literal);
}
