import twilio from 'twilio';
import type { SentFilter } from '../domain/echo.js';
import { InvariantError, invariant } from '../domain/errors.js';
import { pageRowsMax } from '../domain/limits.js';
import type { ListPlace } from '../domain/page.js';
import { addDays, dateOf, dayOf, startOfUtcDay } from '../domain/period.js';
import { includesSubaccounts, isUndated, isUsage, landedAs } from '../domain/resource.js';
import type { Task } from '../domain/task.js';
import { type Asked, requestFailure, transportFailure } from './twilio-errors.js';

/**
 * The official client builds, authenticates and sends every request; its answers' bodies are kept as bytes for us, and the
 * client is handed an empty page instead, so that it makes no object per record. Source: lib/base/{BaseTwilio,Page}.js of
 * twilio 6.2: an `httpClient` is all that it needs, and a body that is an object already is not parsed.
 */

export interface TwilioOptions {
  /** The main account, or the one whose own credentials these are. */
  readonly accountSid: string;
  /** That account's SID, or an API key's (SK…). */
  readonly username: string;
  /** The auth token, or the API key's secret. */
  readonly password: string;
  /** Where the account's own credentials stand, for messages; undefined for the main account's. */
  readonly origin?: string | undefined;
  readonly region?: string | undefined;
  readonly edge?: string | undefined;
  /** Stands in for `https://api.twilio.com`; a path before `/2010-04-01` is kept. */
  readonly baseUrl?: string | undefined;
  readonly transport: TransportPort;
}

/** What is needed of an HTTP transport; adapters/http-transport.ts is the one. */
export interface TransportPort {
  get(request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
  }): Promise<{ readonly status: number; readonly headers: RawPage['headers']; readonly body: Buffer }>;
}

/** A page as bytes, status 200 and not HTML, otherwise unseen. */
export interface RawPage {
  readonly body: Buffer;
  /** Names in lower case; `twilio-concurrent-requests` among them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** One list of one account over one window. One request at a time. */
export interface TwilioList {
  /** What the envelope's `uri` must repeat. */
  readonly filters: readonly SentFilter[];
  readonly place: ListPlace;
  /** @throws TwilioRequestError, ConfigError */
  first(options?: { readonly pageSize?: number }): Promise<RawPage>;
  /** `uri` is host-relative and checked against `place`. */
  next(uri: string): Promise<RawPage>;
}

export interface TwilioClient {
  openList(task: Task, signal?: AbortSignal): TwilioList;
  /** One account by its SID, in the envelope of a list of one: Twilio's account list need not hold the main account. */
  openAccount(task: Task, signal?: AbortSignal): TwilioList;
}

type Client = InstanceType<typeof twilio.Twilio>;

export function createTwilio(options: TwilioOptions): TwilioClient {
  /** A client for one list, the origin that it asks, and how a request's raw answer is got hold of. */
  const open = (task: Task, signal: AbortSignal | undefined) => {
    let received: RawPage | undefined;
    const asked: Asked = { task, accountSid: options.accountSid, username: options.username, origin: options.origin };
    const { client, origin } = createClient(options, async (uri, headers) => {
      received = await ask(options, asked, uri, headers, signal);
      return { statusCode: 200, headers: {}, body: { [landedAs[task.resource]]: [], next_page_uri: null } };
    });
    const take = async (request: Promise<unknown>): Promise<RawPage> => {
      await request;
      invariant(received !== undefined, 'the Twilio client answered without asking');
      const page = received;
      received = undefined;
      return page;
    };
    return { client, origin, take };
  };
  return {
    openList(task, signal) {
      const { client, origin, take } = open(task, signal);
      const list = listOf(client, task);
      return {
        filters: filtersOf(task),
        place: { path: pathOf(task), origins: [...new Set([origin, new URL(options.baseUrl ?? origin).origin])] },
        first: (page) => take(list.page(page?.pageSize ?? pageRowsMax)),
        next(uri) {
          invariant(uri.startsWith('/') && !uri.startsWith('//'), 'a next page must be host-relative');
          return take(list.getPage(`${origin}${uri}`));
        },
      };
    },
    openAccount(task, signal) {
      const { client, take } = open(task, signal);
      const path = `/2010-04-01/Accounts/${task.accountSid}.json`;
      return {
        filters: [],
        place: { path, origins: [] },
        first: async () => {
          const { body, headers } = await take(client.api.v2010.accounts(task.accountSid).fetch());
          const head = `{"uri":"${path}","next_page_uri":null,"accounts":[`;
          const tail = ']}';
          // Memory of its own, not of Node's pool: it is handed over between threads afterwards.
          const page = Buffer.allocUnsafeSlow(head.length + body.length + tail.length);
          page.write(head, 'latin1');
          body.copy(page, head.length);
          page.write(tail, head.length + body.length, 'latin1');
          return { body: page, headers };
        },
        next: () => Promise.reject(new InvariantError('one account has one page')),
      };
    },
  };
}

/**
 * Every setting that the client would otherwise take from process.env is given: a TWILIO_REGION left over in somebody's
 * shell must not move the requests elsewhere. Making one costs 0.2 ms, as its parts are loaded lazily.
 */
function createClient(
  options: TwilioOptions,
  send: (uri: string, headers: Readonly<Record<string, string>>) => Promise<object>,
): { readonly client: Client; readonly origin: string } {
  const httpClient = {
    request(request: SdkRequest): Promise<object> {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(request.params ?? {})) query.append(name, `${value}`);
      const url = query.size === 0 ? request.uri : `${request.uri}?${query}`;
      const credentials = Buffer.from(`${request.username}:${request.password}`).toString('base64');
      return send(withBase(url, options.baseUrl), { ...request.headers, Authorization: `Basic ${credentials}` });
    },
  };
  const client = new twilio.Twilio(options.username, options.password, {
    accountSid: options.accountSid,
    region: options.region ?? '',
    edge: options.edge ?? '',
    logLevel: '',
    env: {},
    userAgentExtensions: ['subledger'],
    // The declared type is the SDK's own class, private members and all; `request` is the only part that it calls.
    httpClient: httpClient as unknown as InstanceType<typeof twilio.RequestClient>,
  });
  return {
    client,
    origin: `https://${client.getHostname('api.twilio.com', options.edge ?? '', options.region ?? '')}`,
  };
}

interface SdkRequest {
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The base URL's origin and folder, then the request's own path and query. */
function withBase(uri: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return uri;
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}${uri.slice(new URL(uri).origin.length)}`;
}

async function ask(
  options: TwilioOptions,
  asked: Asked,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<RawPage> {
  const answer = await options.transport.get({ url, headers, signal }).catch((error: unknown) => {
    throw transportFailure(error, asked);
  });
  const failure = requestFailure(answer, asked, options.password);
  if (failure !== undefined) throw failure;
  return { body: answer.body, headers: answer.headers };
}

interface SdkList {
  page(pageSize: number): Promise<unknown>;
  getPage(url: string): Promise<unknown>;
}

/** The SDK's list for the task. EndDate of usage is inclusive, `startTimeBefore` and `dateSentBefore` are not. */
function listOf(client: Client, task: Task): SdkList {
  const { accounts } = client.api.v2010;
  if (task.resource === 'accounts') {
    return { page: (pageSize) => accounts.page({ pageSize }), getPage: (url) => accounts.getPage(url) };
  }
  const { start, end } = windowOf(task);
  const account = accounts(task.accountSid);
  const isFiltered = !isUndated(task.resource);
  if (landedAs[task.resource] === 'calls') {
    const window = isFiltered ? { startTimeAfter: dateOf(start), startTimeBefore: dateOf(end) } : {};
    return {
      page: (pageSize) => account.calls.page({ ...window, pageSize }),
      getPage: (url) => account.calls.getPage(url),
    };
  }
  if (landedAs[task.resource] === 'messages') {
    const window = isFiltered ? { dateSentAfter: dateOf(start), dateSentBefore: dateOf(end) } : {};
    const { messages } = account;
    return { page: (pageSize) => messages.page({ ...window, pageSize }), getPage: (url) => messages.getPage(url) };
  }
  const { daily } = account.usage.records;
  const includeSubaccounts = includesSubaccounts(task.resource);
  const days = { startDate: dateOf(start), endDate: dateOf(addDays(end, -1)), includeSubaccounts };
  return { page: (pageSize) => daily.page({ ...days, pageSize }), getPage: (url) => daily.getPage(url) };
}

/**
 * What goes over the wire, stated apart from the SDK: should an upgrade of it name or write a filter otherwise, the echo
 * check notices.
 */
function filtersOf(task: Task): SentFilter[] {
  if (task.resource === 'accounts' || isUndated(task.resource)) return [];
  const { start, end } = windowOf(task);
  if (isUsage(task.resource)) {
    return [
      { name: 'StartDate', value: dayOf(start), kind: 'day' },
      { name: 'EndDate', value: dayOf(addDays(end, -1)), kind: 'day' },
      { name: 'IncludeSubaccounts', value: String(includesSubaccounts(task.resource)), kind: 'text' },
    ];
  }
  const name = task.resource === 'calls' ? 'StartTime' : 'DateSent';
  return [
    { name: `${name}>`, value: start, kind: 'instant' },
    { name: `${name}<`, value: end, kind: 'instant' },
  ];
}

const folders = {
  calls: 'Calls',
  messages: 'Messages',
  usage_records: 'Usage/Records/Daily',
  undated_calls: 'Calls',
  undated_messages: 'Messages',
  consolidated_usage_records: 'Usage/Records/Daily',
} as const;

const pathOf = (task: Task): string =>
  task.resource === 'accounts'
    ? '/2010-04-01/Accounts.json'
    : `/2010-04-01/Accounts/${task.accountSid}/${folders[task.resource]}.json`;

function windowOf(task: Task): { readonly start: string; readonly end: string } {
  const { window } = task;
  invariant(window !== undefined && window.start < window.end, `${task.resource} are asked for over a window`);
  const wholeDays = startOfUtcDay(window.start) === window.start && startOfUtcDay(window.end) === window.end;
  invariant(!isUsage(task.resource) || wholeDays, 'usage is asked for in whole UTC days');
  return window;
}
