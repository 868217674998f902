import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ConfigError, TwilioRequestError } from '../domain/errors.js';
import { pageBytesMax, requestIdleMsMax, requestTotalMsMax } from '../domain/limits.js';
import { BodyPool } from './body-pool.js';

/**
 * One GET over HTTP, whole or not at all. Nothing here knows Twilio: who asks adds the account and the window to the
 * message. Headers are never logged nor quoted: they hold the credentials.
 */

export interface HttpRequest {
  /** https, or http to this very machine. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Complete and decoded: its Content-Length, chunks and gzip checksum were right. */
  readonly body: Buffer;
}

export interface HttpTransport {
  /**
   * @throws TwilioRequestError transient: refused, DNS, reset, timed out, cut short, damaged gzip; not transient: a redirect,
   *   a body above the limit. ConfigError: a certificate that cannot be trusted, or an address that is not safe to send
   *   credentials to. Whatever the signal was aborted with, as node:http throws it.
   */
  get(request: HttpRequest): Promise<HttpResponse>;
  /** Takes a body back whose bytes nobody looks at any more: its room serves the next one. */
  recycle(body: Uint8Array): void;
  /** Drops idle connections. */
  close(): void;
}

export interface HttpTransportOptions {
  /** Connections at most. */
  readonly concurrency: number;
  readonly idleMsMax?: number;
  readonly totalMsMax?: number;
  readonly bodyBytesMax?: number;
}

type Limits = Required<Omit<HttpTransportOptions, 'concurrency'>> & { readonly pool: BodyPool };

export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const agentOptions = { keepAlive: true, maxSockets: options.concurrency, maxFreeSockets: options.concurrency };
  const httpAgent = new http.Agent(agentOptions);
  const httpsAgent = new https.Agent(agentOptions);
  const limits: Limits = {
    idleMsMax: options.idleMsMax ?? requestIdleMsMax,
    totalMsMax: options.totalMsMax ?? requestTotalMsMax,
    bodyBytesMax: options.bodyBytesMax ?? pageBytesMax,
    pool: new BodyPool(options.concurrency),
  };
  return {
    async get(request) {
      const url = new URL(request.url);
      checkSafe(url);
      const secure = url.protocol === 'https:';
      const received = await receive(url, request, secure ? httpsAgent : httpAgent, limits);
      return { ...received, body: await decode(received, limits) };
    },
    recycle: (body) => limits.pool.give(body),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Loopback addresses and the name `localhost`: what may be asked without TLS. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);

function checkSafe(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return;
  throw new ConfigError([
    `${url.origin} would be asked without encryption: use https (plain http only for a server on this machine).`,
  ]);
}

function receive(url: URL, request: HttpRequest, agent: http.Agent, limits: Limits): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers, 'Accept-Encoding': 'gzip' };
    const { signal } = request;
    const client = url.protocol === 'https:' ? https : http;
    const sent = client.get(url, { agent, headers, ...(signal === undefined ? {} : { signal }) });
    const fail = (error: unknown): void => {
      settle();
      sent.destroy();
      reject(signal?.aborted ? signal.reason : error);
    };
    // Timers, not the socket's own timeout: that one does not run while connecting, nor against trickling headers.
    const idle = setTimeout(() => fail(transient(`was silent for ${seconds(limits.idleMsMax)}`)), limits.idleMsMax);
    const total = setTimeout(() => fail(transient(`took over ${seconds(limits.totalMsMax)}`)), limits.totalMsMax);
    const settle = (): void => {
      clearTimeout(idle);
      clearTimeout(total);
    };
    sent.on('error', (error) => fail(explain(error, url)));
    sent.on('response', (response) => {
      let body = limits.pool.take(bodyBytes(response, limits.bodyBytesMax));
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        idle.refresh();
        bytes += chunk.length;
        body = limits.pool.append(body, bytes - chunk.length, chunk);
        if (bytes > limits.bodyBytesMax) fail(tooLarge(limits.bodyBytesMax));
      });
      response.on('error', (error) => fail(transient('was cut off in the middle', error)));
      // 'close' also comes where 'end' never did; `complete` is false for a short body and for cut chunks.
      response.on('close', () => {
        if (!response.complete) return fail(transient('was cut off in the middle'));
        settle();
        resolve({
          status: response.statusCode ?? 0,
          headers: plainHeaders(response),
          body: body.subarray(0, bytes),
        });
      });
      idle.refresh();
      const refusal = refuseRedirect(response, url);
      if (refusal !== undefined) fail(refusal);
    });
  });
}

/** Room for a body whose length is told, or for a first guess. */
function bodyBytes(response: http.IncomingMessage, bytesMax: number): number {
  const told = Number.parseInt(response.headers['content-length'] ?? '', 10);
  return Number.isNaN(told) ? 64 * 1024 : Math.min(told, bytesMax);
}

/** Following a redirect would carry the credentials to wherever it points. */
function refuseRedirect(response: http.IncomingMessage, url: URL): TwilioRequestError | undefined {
  const status = response.statusCode ?? 0;
  if (status < 300 || status > 399) return undefined;
  const location = response.headers.location ?? '';
  const target = URL.canParse(location, url.origin) ? new URL(location, url).origin : 'an address that is none';
  return new TwilioRequestError(`was redirected (${status}) to ${target}, which is not followed`, {
    status,
    transient: false,
  });
}

function plainHeaders(response: http.IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(response.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

const unzip = promisify(gunzip);

async function decode(response: HttpResponse, { pool, bodyBytesMax }: Limits): Promise<Buffer> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '' || response.body.length === 0) return response.body;
  if (encoding !== 'gzip') throw transient(`came in an encoding that was not asked for (${encoding.slice(0, 20)})`);
  try {
    const decoded = await unzip(response.body, { maxOutputLength: bodyBytesMax });
    return pool.append(pool.take(decoded.length), 0, decoded).subarray(0, decoded.length);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bodyBytesMax);
    throw transient('is damaged gzip', error);
  } finally {
    pool.give(response.body);
  }
}

/** OpenSSL's and Node's names for a certificate that cannot be trusted: asking again will not help, only the operator can. */
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|PATH_LENGTH|INVALID_PURPOSE/;

function explain(error: unknown, url: URL): Error {
  const code = codeOf(error);
  if (certificateCode.test(code)) {
    return new ConfigError([
      `The certificate of ${url.host} cannot be trusted (${code}). If a proxy of your company stands in between, give its ` +
        'certificate in NODE_EXTRA_CA_CERTS; otherwise check the address and the clock of this machine.',
    ]);
  }
  const what =
    {
      ECONNREFUSED: `found nobody listening at ${url.host}`,
      ENOTFOUND: `could not find the host ${url.hostname}`,
      EAI_AGAIN: `could not look up the host ${url.hostname}`,
      ECONNRESET: 'lost its connection',
      EPIPE: 'lost its connection',
    }[code] ?? `did not get through (${code === '' ? 'unknown reason' : code})`;
  return transient(what, error);
}

const transient = (what: string, cause?: unknown): TwilioRequestError =>
  new TwilioRequestError(what, { transient: true, cause });

const tooLarge = (bytesMax: number): TwilioRequestError =>
  new TwilioRequestError(`is larger than ${bytesMax} bytes, so it is no page`, { transient: false });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const seconds = (ms: number): string => `${ms / 1000} s`;
