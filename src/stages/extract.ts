import { setMaxListeners } from 'node:events';
import { TwilioRequestError } from '../domain/errors.js';
import { ExtractTally, type Reach } from '../domain/extract-tally.js';
import type { ExtractEvent, ExtractInfo } from '../domain/extraction.js';
import {
  activeTasksBeyondSlots,
  giveUpsInARowMax,
  pageRowsMax,
  taskPagesMax,
  usagePageRowsReduced,
} from '../domain/limits.js';
import { type ExpectedPage, type PageAnswer, readPage } from '../domain/page.js';
import { type Instant, instantOf } from '../domain/period.js';
import { gaveUpError, isUsagePageTooLarge, notAskedError, pageError, pageLoopError } from '../domain/request-errors.js';
import { rowsKey } from '../domain/resource.js';
import { decideRetry } from '../domain/retry.js';
import { type SlimRows, slimRows } from '../domain/slim-rows.js';
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
  };
  /** In [0, 1). */
  random(): number;
  onEvent(event: ExtractEvent): void;
}

export interface ExtractInput {
  readonly tasks: readonly Task[];
  /** Requests in flight over all accounts: as many tasks, and some more, are begun side by side. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

interface Run {
  readonly ports: ExtractPorts;
  readonly signal: AbortSignal;
  readonly tally: ExtractTally;
}

/**
 * Pulls every task's pages and hands each to `accept`, in order within a task, many tasks side by side. A task that fails is
 * reported and never stops the others. Anything that is not Twilio's fault (wrong credentials, a full disk, a bug) stops
 * all of them at once and is thrown, after what was under way has ended.
 */
export async function extract(ports: ExtractPorts, input: ExtractInput): Promise<ExtractInfo> {
  const stop = new AbortController();
  const signal = AbortSignal.any([input.signal, stop.signal]);
  // Each request and each wait listens; Node would warn of a leak at eleven.
  setMaxListeners(0, signal);
  const run: Run = { ports, signal, tally: new ExtractTally() };
  const thrown: unknown[] = [];
  const queue = interleaveAccounts(input.tasks).values();
  const work = async (): Promise<void> => {
    for (const task of queue) {
      if (signal.aborted) return;
      try {
        await pullTask(run, task);
      } catch (error) {
        if (!(signal.aborted && isAbort(error, signal))) thrown.push(error);
        stop.abort();
      }
    }
  };
  const active = Math.min(input.tasks.length, input.concurrency + activeTasksBeyondSlots);
  await Promise.all(Array.from({ length: active }, work));
  if (thrown.length > 0) throw thrown[0];
  return run.tally.info(input.tasks.length, input.signal.aborted);
}

const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

/** One task to its outcome. Throws what must stop the whole run. */
async function pullTask(run: Run, task: Task): Promise<void> {
  const { ports, signal, tally } = run;
  const reach: Reach = { pages: 0, rows: 0 };
  ports.onEvent({ kind: 'task_started', task });
  let outcome: Outcome = 'complete';
  try {
    if (tally.giveUpsInARow >= giveUpsInARowMax) throw notAskedError(task, tally.giveUpsInARow);
    await pullWindow(run, task, reach);
    tally.finish(reach);
  } catch (error) {
    if (!(error instanceof TwilioRequestError)) throw error;
    signal.throwIfAborted();
    ({ outcome } = tally.fail(task, error));
  }
  ports.onEvent({ kind: 'task_finished', task, outcome, ...reach });
}

/** All pages of the window; from its first page once more where the token expired, usage wants smaller pages, or rows are damaged. */
async function pullWindow(run: Run, task: Task, reach: Reach): Promise<void> {
  const startedMs = run.ports.clock.monotonicMs();
  let pageSize = pageRowsMax;
  let expired = false;
  for (let attempt = 1; ; attempt += 1) {
    let reason: string;
    try {
      const malformed = await pullPages(run, task, pageSize, reach);
      if (malformed === undefined) return;
      await backOff(run, task, { error: malformed, attempt, startedMs });
      reason = 'a page was damaged';
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
    Object.assign(reach, { pages: 0, rows: 0 });
    run.ports.onEvent({ kind: 'task_restarted', task, reason });
  }
}

/**
 * Pages are asked for one after the other, because each names the next; they are landed behind that, as many at a time as there is
 * room for. Resolves when all are landed, with the error where one turned out malformed.
 */
async function pullPages(
  run: Run,
  task: Task,
  pageSize: number,
  reach: Reach,
): Promise<TwilioRequestError | undefined> {
  const list = run.ports.openList(task, run.signal);
  const seen = new Set<string>();
  const landing = new Landing();
  try {
    let uri: string | null = null;
    for (let pageNumber = 0; landing.failure === undefined; pageNumber += 1) {
      const page: PulledPage = await pullPage(run, { task, list, uri, pageNumber, pageSize });
      run.tally.giveUpsInARow = 0;
      uri = page.nextUri;
      landing.add(landPage(run, { task, pageNumber, page, reach }));
      if (uri === null) break;
      seen.add(page.uri);
      if (seen.has(uri) || pageNumber + 1 >= taskPagesMax) throw pageLoopError(task, pageNumber + 1);
      seen.add(uri);
    }
  } finally {
    await landing.ended;
  }
  const { failure } = landing;
  if (failure instanceof MalformedPage) return failure.error;
  if (failure !== undefined) throw failure;
  return undefined;
}

/** The pages of a task that are being landed. */
class Landing {
  /** Never rejects. */
  ended: Promise<unknown> = Promise.resolve();
  /** The first one. */
  failure: unknown;

  add(landed: Promise<void>): void {
    const settled = landed.catch((error: unknown) => {
      this.failure ??= error;
    });
    this.ended = Promise.all([this.ended, settled]);
  }
}

class MalformedPage {
  constructor(readonly error: TwilioRequestError) {}
}

interface PageToPull {
  readonly task: Task;
  readonly list: PageSource;
  /** Null for the first page. */
  readonly uri: string | null;
  readonly pageNumber: number;
  readonly pageSize: number;
}

interface PulledPage {
  readonly uri: string;
  readonly nextUri: string | null;
  readonly observedAt: Instant;
  readonly rows: SlimRows;
  /** To be called once the rows are looked at no more. */
  done(): void;
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
  const done = (): void => {
    recycle(body);
    leave();
  };
  const page = readPage(body, { rowsKey: rowsKey[task.resource], filters: list.filters, place: list.place });
  if (page.kind === 'page') {
    return { uri: page.uri, nextUri: page.nextUri, observedAt, rows: slimRows(page.rows), done };
  }
  done();
  throw pageError(task, pageNumber, page.detail, page.transient);
}

async function request(run: Run, { task, list, uri, pageSize }: PageToPull): Promise<PageAnswer> {
  run.signal.throwIfAborted();
  const { clock, onEvent } = run.ports;
  const startedMs = clock.monotonicMs();
  run.tally.requests += 1;
  onEvent({ kind: 'request_started', task });
  try {
    return await (uri === null ? list.first({ pageSize }) : list.next(uri));
  } finally {
    onEvent({ kind: 'request_finished', task, ms: clock.monotonicMs() - startedMs });
  }
}

interface PageToLand {
  readonly task: Task;
  readonly pageNumber: number;
  readonly page: PulledPage;
  readonly reach: Reach;
}

async function landPage(run: Run, { task, pageNumber, page, reach }: PageToLand): Promise<void> {
  const { observedAt, rows, nextUri } = page;
  const accepted = run.ports.accept({ task, pageNumber, observedAt, rows, last: nextUri === null });
  const verdict = await accepted.finally(page.done);
  if (verdict.kind === 'malformed') throw new MalformedPage(pageError(task, pageNumber, verdict.detail, true));
  if (verdict.kind === 'refused') throw pageError(task, pageNumber, verdict.detail, false);
  reach.pages += 1;
  reach.rows += verdict.rows;
  run.tally.warn(verdict.warnings);
  run.ports.onEvent({ kind: 'page_accepted', task, pageNumber, rows: verdict.rows });
}
