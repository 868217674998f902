import { setMaxListeners } from 'node:events';
import { rowsToLand } from '../domain/dated-rows.js';
import { TwilioRequestError } from '../domain/errors.js';
import { ExtractTally } from '../domain/extract-tally.js';
import type { ExtractEvent, ExtractInfo, PulledPage } from '../domain/extraction.js';
import { Landing, MalformedPage } from '../domain/landing.js';
import {
  activeTasksBeyondSlots,
  giveUpsInARowMax,
  pageRowsMax,
  taskPagesMax,
  usagePageRowsReduced,
} from '../domain/limits.js';
import { type ExpectedPage, type PageAnswer, readPage } from '../domain/page.js';
import { pageTimes } from '../domain/page-times.js';
import { instantOf } from '../domain/period.js';
import type { Reading, Seen } from '../domain/reading.js';
import { Readings } from '../domain/readings.js';
import { gaveUpError, isUsagePageTooLarge, notAskedError, pageError, pageLoopError } from '../domain/request-errors.js';
import { landedAs } from '../domain/resource.js';
import { decideRetry } from '../domain/retry.js';
import type { Outcome, PageVerdict, ReceivedPage, Task } from '../domain/task.js';
import { interleaveAccounts } from '../domain/task-order.js';

/** One list at Twilio: its first page, then whatever `next_page_uri` says. Errors as adapters/twilio.ts throws them. */
export interface PageSource extends Omit<ExpectedPage, 'rowsKey'> {
  first(options: { readonly pageSize: number }): Promise<PageAnswer>;
  next(uri: string): Promise<PageAnswer>;
}

export interface ExtractPorts {
  openList(task: Task, signal: AbortSignal): PageSource;
  accept(page: ReceivedPage): Promise<PageVerdict>;
  /** The task's accepted pages are void: it comes again from page 0. */
  restart(task: Task): Promise<void>;
  /** The body's bytes are looked at no more. */
  recycle(body: Buffer): void;
  /** Room of their own for a page's rows, until they are landed. */
  readonly room: { take(rows: Buffer): Buffer; give(rows: Buffer): void };
  /** Bounds requests in flight and pages in memory: sends when there is room, and the room is free again at `done`. */
  readonly slots: {
    ask(
      accountSid: string,
      send: () => Promise<PageAnswer>,
      signal: AbortSignal,
    ): Promise<{ readonly answer: PageAnswer; done(): void }>;
  };
  readonly clock: {
    now(): Date;
    monotonicMs(): number;
    /** Rejects once the signal is aborted. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
    /** Resolves when the requests that were begun are on their way. */
    nextTurn(): Promise<void>;
  };
  /** In [0, 1). */
  random(): number;
  onEvent(event: ExtractEvent): void;
}

export interface ExtractInput {
  readonly tasks: readonly Task[];
  /** Requests in flight over all accounts: as many tasks, and some more, are begun side by side. */
  readonly concurrency: number;
  /** Requests in flight for one account: a long list is divided into no more parts than that. */
  readonly accountConcurrency: number;
  /** Pages that are read of a list without date filter, at most. */
  readonly undatedPages: number;
  readonly signal: AbortSignal;
}

interface Run {
  readonly ports: ExtractPorts;
  readonly signal: AbortSignal;
  readonly tally: ExtractTally;
  readonly readings: Readings;
}

/**
 * Pulls every task's pages and hands each to `accept`, in order within a task, many tasks side by side. When none is left to begin,
 * long ones are divided by time, so that one big list uses all requests. A task that fails is reported and never stops the others.
 * Anything that is not Twilio's fault stops all of them at once and is thrown, after what was under way has ended.
 */
export async function extract(ports: ExtractPorts, input: ExtractInput): Promise<ExtractInfo> {
  const stop = new AbortController();
  const signal = AbortSignal.any([input.signal, stop.signal]);
  // Each request and each wait listens; Node would warn of a leak at eleven.
  setMaxListeners(0, signal);
  const lastTaskNumber = input.tasks.reduce((last, { number }) => Math.max(last, number), 0);
  const run: Run = { ports, signal, tally: new ExtractTally(), readings: new Readings(input, lastTaskNumber) };
  const thrown: unknown[] = [];
  const queue = interleaveAccounts(input.tasks);
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const task = queue.shift() ?? divide(run);
      if (task === undefined && run.readings.idle) return;
      try {
        await (task === undefined ? run.readings.change() : pullTask(run, task));
      } catch (error) {
        if (!(signal.aborted && isAbort(error, signal))) thrown.push(error);
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: input.concurrency + activeTasksBeyondSlots }, work));
  if (thrown.length > 0) throw thrown[0];
  return { ...run.tally.info(input.tasks.length, input.signal.aborted), lastTaskNumber: run.readings.lastTaskNumber };
}

const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

/** A part of the longest task under way, where that helps. */
function divide({ ports, tally, readings }: Run): Task | undefined {
  const task = readings.divide();
  if (task === undefined) return undefined;
  tally.divide();
  ports.onEvent({ kind: 'task_divided', task });
  return task;
}

/** One task to its outcome. Throws what must stop the whole run. */
async function pullTask(run: Run, task: Task): Promise<void> {
  const { ports, signal, tally } = run;
  const reading = run.readings.begin(task);
  ports.onEvent({ kind: 'task_started', task });
  let outcome: Outcome = 'complete';
  try {
    if (tally.giveUpsInARow >= giveUpsInARowMax) throw notAskedError(task, tally.giveUpsInARow);
    await pullWindow(run, reading);
    tally.finish(reading);
  } catch (error) {
    if (!(error instanceof TwilioRequestError)) throw error;
    signal.throwIfAborted();
    // What it handed over is no failure of its own.
    ({ outcome } = tally.fail({ ...task, window: reading.window }, error));
  } finally {
    run.readings.end(reading);
  }
  ports.onEvent({ kind: 'task_finished', task, outcome, ...reading.reach });
}

/** All pages of the window; from its first page once more where the token expired, usage wants smaller pages, or rows are damaged. */
async function pullWindow(run: Run, reading: Reading): Promise<void> {
  const { task, reach } = reading;
  const startedMs = run.ports.clock.monotonicMs();
  let pageSize = pageRowsMax;
  let expired = false;
  for (let attempt = 1; ; attempt += 1) {
    let reason: string;
    try {
      const malformed = await pullPages(run, reading, pageSize);
      if (malformed === undefined && !reading.cutInDisorder) return;
      if (malformed !== undefined) await backOff(run, task, { error: malformed, attempt, startedMs });
      reason = malformed === undefined ? 'its list is not the newest first' : 'a page was damaged';
    } catch (error) {
      if (isUsagePageTooLarge(error, task, pageSize)) {
        pageSize = usagePageRowsReduced;
        reason = `pages of ${pageSize} rows`;
      } else if (error instanceof TwilioRequestError && error.status === 400 && reach.pages > 0 && !expired) {
        expired = true;
        reason = 'the page token expired';
      } else throw error;
    }
    if (reach.pages > 0) await run.ports.restart(task);
    reading.restart();
    run.ports.onEvent({ kind: 'task_restarted', task, reason });
  }
}

/**
 * Pages are asked for one after the other, because each names the next; they are landed behind that, as many at a time as there is
 * room for. Resolves when all are landed, with the error where one turned out malformed.
 */
async function pullPages(run: Run, reading: Reading, pageSize: number): Promise<TwilioRequestError | undefined> {
  const { task } = reading;
  const list = run.ports.openList(task, run.signal);
  const uris = new Set<string>();
  const landing = new Landing();
  try {
    let uri: string | null = null;
    for (let pageNumber = 0; landing.failure === undefined; pageNumber += 1) {
      const page: PulledPage = await pullPage(run, { task, list, uri, pageNumber, pageSize });
      run.tally.giveUpsInARow = 0;
      uri = page.nextUri;
      const seen = reading.see(page.times, uri === null);
      run.readings.changed();
      landing.add(landPage(run, { reading, pageNumber, page, seen }));
      if (seen.last || uri === null) break;
      uris.add(page.uri);
      if (uris.has(uri) || pageNumber + 1 >= taskPagesMax) throw pageLoopError(task, pageNumber + 1);
      uris.add(uri);
    }
  } finally {
    await landing.ended;
  }
  const { failure } = landing;
  if (failure instanceof MalformedPage) return failure.error;
  if (failure !== undefined) throw failure;
  return undefined;
}

interface PageToPull {
  readonly task: Task;
  readonly list: PageSource;
  /** Null for the first page. */
  readonly uri: string | null;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** One page, asked for until it is whole or the limits of domain/retry.ts end it. */
async function pullPage(run: Run, wanted: PageToPull): Promise<PulledPage> {
  const startedMs = run.ports.clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryPage(run, wanted);
    } catch (error) {
      if (!(error instanceof TwilioRequestError)) throw error;
      run.signal.throwIfAborted();
      // A single 500 is an accident; a second one is the size.
      if (attempt > 1 && isUsagePageTooLarge(error, wanted.task, wanted.pageSize)) throw error;
      await backOff(run, wanted.task, { error, attempt, startedMs });
    }
  }
}

/** Waits before the next try, or throws because there is to be none. */
async function backOff(
  run: Run,
  task: Task,
  { error, attempt, startedMs }: { error: TwilioRequestError; attempt: number; startedMs: number },
): Promise<void> {
  const { clock, random, onEvent } = run.ports;
  const spentMs = clock.monotonicMs() - startedMs;
  const decision = decideRetry({ attempt, spentMs, error, nowMs: clock.now().getTime(), random: random() });
  if (decision.kind === 'give_up') throw error.transient ? gaveUpError(error, decision.reason) : error;
  run.tally.retry(decision.waitMs);
  onEvent({ kind: 'retry', task, attempt, waitMs: decision.waitMs, reason: error.message });
  await clock.sleep(decision.waitMs, run.signal);
}

async function tryPage(run: Run, wanted: PageToPull): Promise<PulledPage> {
  const { task, list, pageNumber } = wanted;
  const { clock, slots, recycle } = run.ports;
  const { answer, done: leave } = await slots.ask(task.accountSid, () => request(run, wanted), run.signal);
  const { body } = answer;
  const observedAt = instantOf(clock.now());
  const page = readPage(body, { rowsKey: landedAs[task.resource], filters: list.filters, place: list.place });
  if (page.kind === 'page') return { ...page, body, observedAt, times: pageTimes(page.rows, task.resource), leave };
  recycle(body);
  leave();
  throw pageError(task, pageNumber, page.detail, page.transient);
}

async function request(run: Run, { task, list, uri, pageSize }: PageToPull): Promise<PageAnswer> {
  run.signal.throwIfAborted();
  const { clock, onEvent } = run.ports;
  const startedMs = clock.monotonicMs();
  run.tally.requests += 1;
  run.tally.requestsInFlight += 1;
  onEvent({ kind: 'request_started', task });
  try {
    return await (uri === null ? list.first({ pageSize }) : list.next(uri));
  } finally {
    run.tally.requestsInFlight -= 1;
    onEvent({ kind: 'request_finished', task, ms: clock.monotonicMs() - startedMs });
  }
}

interface PageToLand {
  readonly reading: Reading;
  readonly pageNumber: number;
  readonly page: PulledPage;
  readonly seen: Seen;
}

async function landPage(run: Run, { reading, pageNumber, page, seen }: PageToLand): Promise<void> {
  const { task, reach } = reading;
  const { observedAt, times, body, leave } = page;
  const { clock, room, recycle, accept } = run.ports;
  // The next page is asked for first: Twilio works on it meanwhile.
  await clock.nextTurn();
  const slim = rowsToLand(page.rows, task.resource);
  // The body is more than twice as large and serves another page meanwhile.
  const rows = { ...slim, json: room.take(slim.json) };
  recycle(body);
  const alone = run.tally.requestsInFlight === 0;
  const verdict = await accept({ task, pageNumber, observedAt, rows, times, alone, ...seen }).finally(() => {
    room.give(rows.json);
    leave();
  });
  if (verdict.kind === 'malformed') throw new MalformedPage(pageError(task, pageNumber, verdict.detail, true));
  if (verdict.kind === 'refused') throw pageError(task, pageNumber, verdict.detail, false);
  if (!verdict.inOrder) reading.disorder();
  reach.pages += 1;
  reach.rows += verdict.rows;
  run.tally.warn(verdict.warnings);
  run.ports.onEvent({ kind: 'page_accepted', task, pageNumber, rows: verdict.rows });
}
