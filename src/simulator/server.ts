import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, errorAnswer } from './answer.js';
import { answerApi } from './api.js';
import type { Behaviour } from './behaviour.js';
import { changeAccounts, changeRecords } from './changes.js';
import { answerControl, CONTROL_PREFIX } from './control.js';
import { send, sendFaulty } from './delivery.js';
import { injectDiscrepancies } from './discrepancies.js';
import { type FaultAction, Faults, reshape } from './faults.js';
import { DEFAULT_OPTIONS, instantOf, type SimulatorOptions, worldOptions } from './options.js';
import { ApiError } from './query.js';
import { Room } from './room.js';
import { Statistics } from './statistics.js';
import { World } from './world.js';

/** Idle connections are kept longer than any client keeps them, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000;
/** Of each cause so many, where the options name causes. */
const INJECTED_AT_START = 2;
const ACCOUNT_SID = /^\/2010-04-01\/Accounts\/(AC[0-9a-fA-F]{32})/;

export interface SimulatorCredentials {
  accountSid: string;
  authToken: string;
  apiKey: string;
  apiSecret: string;
}

export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  baseUrl: string;
  credentials: SimulatorCredentials;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

/** The API over HTTP: ceiling, faults, latency, and then the answer. */
class Front {
  readonly faults = new Faults();
  readonly statistics = new Statistics();
  readonly world: World;
  readonly room: Room;

  private readonly behaviour: Behaviour;
  private readonly startedMs: number;
  private letIn = 0;

  constructor(
    private readonly options: SimulatorOptions,
    private readonly monotonicMs: () => number,
  ) {
    this.startedMs = monotonicMs();
    this.room = new Room(options.concurrencyLimit, options.otherTraffic);
    const { listsParent, pageRowsMax } = options;
    this.behaviour = { includesUpper: options.upperBound === 'inclusive', listsParent, pageRowsMax };
    this.world = new World(worldOptions(options));
    const { seed, discrepancies: causes } = options;
    if (causes.length > 0) injectDiscrepancies(this.world, { seed, causes, each: INJECTED_AT_START });
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    if (url.startsWith(CONTROL_PREFIX)) {
      void answerControl(this, request, response);
      return;
    }
    const method = request.method ?? 'GET';
    const accountSid = ACCOUNT_SID.exec(url)?.[1];
    const sinceStartMs = this.monotonicMs() - this.startedMs;
    const inFlight = this.statistics.begin(accountSid) + this.room.othersAt(sinceStartMs);
    response.on('close', () => this.statistics.end(accountSid));
    request.resume();
    const { concurrencyLimit, latencyMs } = this.options;
    if (concurrencyLimit > 0 && inFlight > concurrencyLimit) {
      this.finish(method, url, response, this.tooMany(), inFlight);
      return;
    }
    this.enter(response);
    const action = this.faults.next(`${method} ${url}`);
    const { authorization } = request.headers;
    const work = (): void => {
      if (action !== undefined) changeWorld(this.world, action);
      const plain = answerApi(this.world, this.behaviour, method, action?.answer_as ?? url, authorization);
      const answer = action === undefined ? plain : reshape(plain, action);
      // The time that the answer has cost is part of its latency.
      const leftMs = Math.floor(latencyMs - (this.monotonicMs() - this.startedMs - sinceStartMs));
      after(leftMs, () => this.finish(method, url, response, answer, inFlight, action));
    };
    after(action?.delay_ms ?? 0, work);
  }

  /** The room is taken until the last byte has gone. */
  private enter(response: ServerResponse): void {
    const change = (by: number): void => {
      this.letIn += by;
      this.room.change(this.letIn, this.monotonicMs() - this.startedMs);
    };
    change(1);
    response.on('close', () => change(-1));
  }

  private tooMany(): Answer {
    const answer = errorAnswer(new ApiError(429, 20429, 'Too Many Requests'));
    const { retryAfterSeconds } = this.options;
    if (retryAfterSeconds !== undefined) answer.headers['Retry-After'] = String(retryAfterSeconds);
    return answer;
  }

  private finish(
    method: string,
    url: string,
    response: ServerResponse,
    answer: Answer,
    inFlight: number,
    action?: FaultAction,
  ): void {
    this.statistics.answered({ method, url, status: answer.status }, answer.body.length);
    const told = { ...answer, headers: { 'Twilio-Concurrent-Requests': String(inFlight), ...answer.headers } };
    if (action === undefined) send(response, told);
    else sendFaulty(response, told, action);
  }
}

function after(ms: number, work: () => void): void {
  if (ms > 0) setTimeout(work, ms).unref();
  else work();
}

/** What a fault rule does to the world before the request is answered. */
function changeWorld(world: World, action: FaultAction): void {
  if (action.set_clock !== undefined) world.setNow(instantOf('set_clock', action.set_clock));
  if (action.set_records !== undefined) changeRecords(world, action.set_records);
  if (action.set_accounts !== undefined) changeAccounts(world, action.set_accounts);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts a Twilio on loopback. Throws a RangeError that names the first option that is wrong. */
export async function startSimulator(
  options: Partial<SimulatorOptions>,
  monotonicMs: () => number,
): Promise<Simulator> {
  const all = { ...DEFAULT_OPTIONS, ...options };
  const front = new Front(all, monotonicMs);
  const { world } = front;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
    front.handle(request, response);
  });
  const port = await listen(server, all.port);
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    credentials: {
      accountSid: world.parent.sid,
      authToken: world.parent.authToken,
      apiKey: world.apiKey,
      apiSecret: world.apiSecret,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
