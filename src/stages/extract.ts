import { setMaxListeners } from 'node:events';
import pLimit, { type LimitFunction } from 'p-limit';
import { TwilioRequestError } from '../domain/errors.js';
import type { ExtractEvent, ExtractInfo, TaskFailure } from '../domain/extraction.js';
import {
  activeTasksBeyondSlots,
  extractWarningsMax,
  giveUpsInARowMax,
  pageRowsMax,
  taskPagesMax,
  usagePageRowsReduced,
} from '../domain/limits.js';
import { type ExpectedPage, readPage } from '../domain/page.js';
import { instantOf } from '../domain/period.js';
import {
  gaveUpError,
  isUsagePageTooLarge,
  notAskedError,
  outcomeOf,
  pageError,
  pageLoopError,
} from '../domain/request-errors.js';
import { rowsKey } from '../domain/resource.js';
import { decideRetry } from '../domain/retry.js';
import type { Outcome, PageVerdict, ReceivedPage, Task } from '../domain/task.js';
import { interleaveAccounts } from '../domain/task-order.js';

/** One list at Twilio: its first page, then whatever `next_page_uri` says. Errors as adapters/twilio.ts throws them. */
export interface PageSource extends Omit<ExpectedPage, 'rowsKey'> {
  first(options: { readonly pageSize: number }): Promise<{ readonly body: Buffer }>;
  next(uri: string): Promise<{ readonly body: Buffer }>;
}

export interface ExtractPorts {
  openList(task: Task, signal: AbortSignal): PageSource;
  accept(page: ReceivedPage): Promise<PageVerdict>;
  /** The task's accepted pages are void: it comes again from page 0. */
  restart(task: Task): Promise<void>;
  /** The body's bytes are looked at no more. */
  recycle(body: Buffer): void;
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
  /** Requests in flight, over all accounts and for one. */
  readonly concurrency: number;
  readonly accountConcurrency: number;
  readonly signal: AbortSignal;
}

interface Run {
  readonly ports: ExtractPorts;
  readonly signal: AbortSignal;
  readonly slot: <Result>(accountSid: string, send: () => Promise<Result>) => Promise<Result>;
  readonly failures: TaskFailure[];
  readonly warnings: Set<string>;
  readonly counts: {
    complete: number;
    pages: number;
    rows: number;
    requests: number;
    retries: number;
    waitedMs: number;
  };
  warningsCount: number;
  /** Tasks in a row that ran out of retries. */
  giveUpsInARow: number;
}

interface Reach {
  pages: number;
  rows: number;
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
  const counts = { complete: 0, pages: 0, rows: 0, requests: 0, retries: 0, waitedMs: 0 };
  const slot = createSlots(input.concurrency, input.accountConcurrency);
  const run: Run = {
    ports,
    signal,
    slot,
    failures: [],
    warnings: new Set(),
    counts,
    warningsCount: 0,
    giveUpsInARow: 0,
  };
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
  return summarise(run, input);
}

function summarise(run: Run, input: ExtractInput): ExtractInfo {
  const { complete, ...counts } = run.counts;
  const failures = run.failures.toSorted((a, b) => a.task.number - b.task.number);
  const refused = failures.filter((failure) => failure.outcome === 'refused').length;
  const failed = failures.length - refused;
  const unfinished = input.tasks.length - complete - failures.length;
  return {
    ...counts,
    tasks: { complete, refused, failed, unfinished },
    warnings: [...run.warnings],
    warningsCount: run.warningsCount,
    failures,
    allTransient: complete === 0 && failures.length > 0 && failures.every((failure) => failure.error.transient),
    aborted: input.signal.aborted,
  };
}

const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

/**
 * A slot of the account, then one of all. It is held while a request is under way, not while a page is parsed or a retry
 * waited for.
 */
function createSlots(concurrency: number, accountConcurrency: number): Run['slot'] {
  const overall = pLimit(concurrency);
  const perAccount = new Map<string, LimitFunction>();
  return async (accountSid, send) => {
    const account = perAccount.get(accountSid) ?? pLimit(accountConcurrency);
    perAccount.set(accountSid, account);
    try {
      return await account(() => overall(send));
    } finally {
      if (account.activeCount + account.pendingCount === 0) perAccount.delete(accountSid);
    }
  };
}

/** One task to its outcome. Throws what must stop the whole run. */
async function pullTask(run: Run, task: Task): Promise<void> {
  const { onEvent } = run.ports;
  const reach: Reach = { pages: 0, rows: 0 };
  onEvent({ kind: 'task_started', task });
  let outcome: Outcome = 'complete';
  try {
    if (run.giveUpsInARow >= giveUpsInARowMax) throw notAskedError(task, run.giveUpsInARow);
    await pullWindow(run, task, reach);
    run.counts.complete += 1;
    run.counts.pages += reach.pages;
    run.counts.rows += reach.rows;
  } catch (error) {
    if (!(error instanceof TwilioRequestError)) throw error;
    run.signal.throwIfAborted();
    const failure = { task, outcome: outcomeOf(error, task), error };
    run.failures.push(failure);
    outcome = failure.outcome;
    // Even a refusal shows that Twilio answers.
    run.giveUpsInARow = error.transient ? run.giveUpsInARow + 1 : 0;
  }
  onEvent({ kind: 'task_finished', task, outcome, ...reach });
}

/** All pages of the window; from its first page once more where the token expired or usage wants smaller pages. */
async function pullWindow(run: Run, task: Task, reach: Reach): Promise<void> {
  let pageSize = pageRowsMax;
  let expired = false;
  for (;;) {
    try {
      return await pullPages(run, task, pageSize, reach);
    } catch (error) {
      let reason: string;
      if (isUsagePageTooLarge(error, task, pageSize)) {
        pageSize = usagePageRowsReduced;
        reason = `pages of ${pageSize} rows`;
      } else if (error instanceof TwilioRequestError && error.status === 400 && reach.pages > 0 && !expired) {
        expired = true;
        reason = 'the page token expired';
      } else throw error;
      if (reach.pages > 0) await run.ports.restart(task);
      Object.assign(reach, { pages: 0, rows: 0 });
      run.ports.onEvent({ kind: 'task_restarted', task, reason });
    }
  }
}

async function pullPages(run: Run, task: Task, pageSize: number, reach: Reach): Promise<void> {
  const list = run.ports.openList(task, run.signal);
  const seen = new Set<string>();
  let nextUri: string | null = null;
  for (;;) {
    const page = await pullPage(run, { task, list, uri: nextUri, pageSize, pageNumber: reach.pages });
    run.giveUpsInARow = 0;
    reach.pages += 1;
    reach.rows += page.rows;
    nextUri = page.nextUri;
    seen.add(page.uri);
    if (nextUri === null) return;
    if (seen.has(nextUri) || reach.pages >= taskPagesMax) throw pageLoopError(task, reach.pages);
    seen.add(nextUri);
  }
}

interface PageToPull {
  readonly task: Task;
  readonly list: PageSource;
  /** Null for the first page. */
  readonly uri: string | null;
  readonly pageSize: number;
  readonly pageNumber: number;
}

interface PulledPage {
  readonly uri: string;
  readonly nextUri: string | null;
  readonly rows: number;
}

/** One page, asked for until it is whole or the limits of domain/retry.ts end it. */
async function pullPage(run: Run, wanted: PageToPull): Promise<PulledPage> {
  const { clock, random, onEvent } = run.ports;
  const startedMs = clock.monotonicMs();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryPage(run, wanted);
    } catch (error) {
      if (!(error instanceof TwilioRequestError)) throw error;
      run.signal.throwIfAborted();
      // A single 500 is an accident; a second one is the size.
      if (attempt > 1 && isUsagePageTooLarge(error, wanted.task, wanted.pageSize)) throw error;
      const spentMs = clock.monotonicMs() - startedMs;
      const decision = decideRetry({ attempt, spentMs, error, nowMs: clock.now().getTime(), random: random() });
      if (decision.kind === 'give_up') throw error.transient ? gaveUpError(error, decision.reason) : error;
      run.counts.retries += 1;
      run.counts.waitedMs += decision.waitMs;
      onEvent({ kind: 'retry', task: wanted.task, attempt, waitMs: decision.waitMs, reason: error.message });
      await clock.sleep(decision.waitMs, run.signal);
    }
  }
}

async function tryPage(run: Run, wanted: PageToPull): Promise<PulledPage> {
  const { task, list, pageNumber } = wanted;
  const { body } = await run.slot(task.accountSid, () => request(run, wanted));
  const observedAt = instantOf(run.ports.clock.now());
  const page = readPage(body, { rowsKey: rowsKey[task.resource], filters: list.filters, place: list.place });
  if (page.kind === 'problem') throw pageError(task, pageNumber, page.detail, page.transient);
  const { rows, uri, nextUri } = page;
  const verdict = await run.ports.accept({ task, pageNumber, observedAt, rows, last: nextUri === null });
  run.ports.recycle(body);
  if (verdict.kind !== 'accepted') throw pageError(task, pageNumber, verdict.detail, verdict.kind === 'malformed');
  run.warningsCount += verdict.warnings.length;
  for (const warning of verdict.warnings) if (run.warnings.size < extractWarningsMax) run.warnings.add(warning);
  run.ports.onEvent({ kind: 'page_accepted', task, pageNumber, rows: verdict.rows });
  return { uri, nextUri, rows: verdict.rows };
}

async function request(run: Run, { task, list, uri, pageSize }: PageToPull): Promise<{ readonly body: Buffer }> {
  run.signal.throwIfAborted();
  const { clock, onEvent } = run.ports;
  const startedMs = clock.monotonicMs();
  run.counts.requests += 1;
  onEvent({ kind: 'request_started', task });
  try {
    return await (uri === null ? list.first({ pageSize }) : list.next(uri));
  } finally {
    onEvent({ kind: 'request_finished', task, ms: clock.monotonicMs() - startedMs });
  }
}
