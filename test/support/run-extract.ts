import { systemClock } from '../../src/adapters/clock.js';
import { createHttpTransport } from '../../src/adapters/http-transport.js';
import { createPageSlots } from '../../src/adapters/page-slots.js';
import { createTwilio, type TwilioOptions } from '../../src/adapters/twilio.js';
import type { ExtractEvent, ExtractInfo } from '../../src/domain/extraction.js';
import { pagesBeyondSlots } from '../../src/domain/limits.js';
import type { TaskResource } from '../../src/domain/resource.js';
import type { PageVerdict, ReceivedPage, Task } from '../../src/domain/task.js';
import { type ExtractInput, type ExtractPorts, extract } from '../../src/stages/extract.js';
import {
  type Answer,
  type Script,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from './scripted-server.js';

export const mainSid = `AC${'0'.repeat(32)}`;
export const subSid = (number: number): string => `AC${number.toString(16).padStart(32, '0')}`;

let taskNumber = 0;
export const makeTask = (resource: TaskResource, accountSid: string): Task => ({
  number: ++taskNumber,
  accountSid,
  resource,
  window: resource === 'accounts' ? undefined : { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' },
  reason: 'test',
});

/** A page as Twilio would answer this request: it echoes the request's own address. */
export function pageFor(request: SeenRequest, rows: readonly object[], nextPage?: string | null): Answer {
  const key = Object.entries({ calls: 'Calls', messages: 'Messages', usage_records: 'Usage' }).find(([, folder]) =>
    request.path.includes(folder),
  )?.[0];
  return {
    body: {
      [key ?? 'accounts']: rows,
      uri: request.url,
      next_page_uri: nextPage ?? null,
      page: 0,
      page_size: 1000,
    },
  };
}

/** The address of page `number` of the list that the request asks for. */
export function nextOf(request: SeenRequest, number: number): string {
  const query = new URLSearchParams(request.query);
  query.set('Page', String(number));
  query.set('PageToken', `PA${number}`);
  return `${request.path}?${query}`;
}

export const pageNumberOf = (request: SeenRequest): number => Number(request.query.get('Page') ?? 0);

export interface ExtractRun {
  readonly info: ExtractInfo;
  readonly accepted: ReceivedPage[];
  readonly restarted: Task[];
  readonly events: ExtractEvent[];
  readonly sleepsMs: number[];
}

export interface ExtractRunOptions {
  /** `times`: pages handed over so far, this one included. Undefined accepts. */
  readonly accept?: (page: ReceivedPage, times: number) => PageVerdict | undefined | Promise<PageVerdict | undefined>;
  readonly input?: Partial<ExtractInput> & { readonly accountConcurrency?: number };
  readonly twilio?: Partial<TwilioOptions>;
  readonly sleep?: ExtractPorts['clock']['sleep'];
  readonly random?: () => number;
  /** What runs beside it, to abort or to watch. */
  readonly started?: (server: ScriptedServer) => void;
}

/** Runs against a server of its own that says what the script says. */
export async function runExtract(
  tasks: readonly Task[],
  script: Script,
  options: ExtractRunOptions = {},
): Promise<ExtractRun & { readonly server: ScriptedServer }> {
  const server = await startScriptedServer(script);
  options.started?.(server);
  try {
    return { ...(await runExtractAt(server.url, tasks, options)), server };
  } finally {
    await server.close();
  }
}

/** Every extraction test runs the real stage, client and transport against a real server; only time is not waited for. */
export async function runExtractAt(
  baseUrl: string,
  tasks: readonly Task[],
  options: ExtractRunOptions = {},
): Promise<ExtractRun> {
  const transport = createHttpTransport({ concurrency: 100, idleMsMax: 2000 });
  const credentials = { accountSid: mainSid, username: mainSid, password: 'secret', baseUrl };
  const twilio = createTwilio({ ...credentials, transport, ...options.twilio });
  const result = { accepted: [] as ReceivedPage[], restarted: [] as Task[], events: [] as ExtractEvent[] };
  const sleepsMs: number[] = [];
  let sleptMs = 0;
  const { accountConcurrency = 4, ...given } = options.input ?? {};
  const input = {
    tasks,
    concurrency: 10,
    accountConcurrency,
    undatedPages: 25,
    signal: new AbortController().signal,
    ...given,
  };
  const { concurrency } = input;
  const clock: ExtractPorts['clock'] = {
    now: () => new Date(Date.UTC(2026, 10, 2) + sleptMs),
    monotonicMs: () => performance.now() + sleptMs,
    sleep: async (ms, signal) => {
      sleepsMs.push(ms);
      sleptMs += ms;
      await options.sleep?.(ms, signal);
    },
    nextTurn: systemClock.nextTurn,
  };
  const pagesMax = concurrency + pagesBeyondSlots;
  const ports: ExtractPorts = {
    openList: twilio.openList,
    accept: async (page) => {
      const times = result.accepted.push(page);
      const rows = (JSON.parse(page.rows.json.toString()) as unknown[]).length;
      return (await options.accept?.(page, times)) ?? { kind: 'accepted', rows, inOrder: true, warnings: [] };
    },
    restart: async (task) => void result.restarted.push(task),
    // The pages are kept for the test to look at: their bytes must stay.
    recycle: () => undefined,
    room: { take: (rows) => rows, give: () => undefined },
    slots: createPageSlots({ concurrency, accountConcurrency, headRoomPercent: 10, pagesMax, clock }),
    clock,
    random: options.random ?? (() => 0.5),
    onEvent: (event) => result.events.push(event),
  };
  try {
    return { ...result, info: await extract(ports, input), sleepsMs };
  } finally {
    transport.close();
  }
}
