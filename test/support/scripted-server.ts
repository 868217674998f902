import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  /** Counted from 0 over the server's life. */
  readonly number: number;
  /** Path and query as they came over the wire. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  /** An object goes out as JSON. */
  readonly body?: string | Buffer | object;
  readonly delayMs?: number;
}

/** Answers one request; or takes the bare response, to misbehave in ways that an Answer cannot say. */
export type Script = (
  request: SeenRequest,
  response: http.ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>;

export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** The most requests that were ever under way at the same time: all together, and for one path. */
  readonly inFlightMax: () => number;
  readonly inFlightMaxOf: (path: string) => number;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers what the script says. `undefined` leaves the response to the script. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const inFlight = new Map<string, number>();
  const most = new Map<string, number>();
  const count = (key: string, change: number): void => {
    const now = (inFlight.get(key) ?? 0) + change;
    inFlight.set(key, now);
    most.set(key, Math.max(most.get(key) ?? 0, now));
  };
  const server = http.createServer(async (message, response) => {
    const url = message.url ?? '';
    const [path = '', query = ''] = url.split('?');
    const seen = { number: requests.length, url, path, query: new URLSearchParams(query), headers: message.headers };
    requests.push(seen);
    count('', 1);
    count(path, 1);
    response.on('close', () => {
      count('', -1);
      count(path, -1);
    });
    const answer = await script(seen, response);
    if (answer === undefined) return;
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    const { body = '' } = answer;
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(bytes),
      ...answer.headers,
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    inFlightMax: () => most.get('') ?? 0,
    inFlightMaxOf: (path) => most.get(path) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
