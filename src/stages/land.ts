import { invariant } from '../domain/errors.js';
import {
  gatherMsMax,
  landingAgeMsMax,
  landingBytesMax,
  landingRowsMax,
  lineTasksMax,
  parsePagesMax,
} from '../domain/limits.js';
import type { ControlTotal, ManifestEntry, TaskLine } from '../domain/manifest.js';
import { dateOf, type Instant } from '../domain/period.js';
import { type LandedResource, landedAs, landedResources } from '../domain/resource.js';
import type { Outcome, PageVerdict, ReceivedPage, Task } from '../domain/task.js';

/** What landing needs of the outside. */
export interface LandPorts<Batch = unknown> {
  readonly parser: {
    /** Rows accepted and not yet sealed. */
    rowCount(resource: LandedResource): number;
    /** Bytes that they hold in memory. */
    byteCount(resource: LandedResource): number;
    parse(resource: LandedResource, pages: readonly ReceivedPage[]): Promise<PageVerdict[]>;
    /** Takes what is accepted out, so that the next batch can begin while this one is written. */
    seal(resource: LandedResource): Promise<Batch>;
    write(
      batch: Batch,
      path: string,
      sequence: number,
    ): Promise<{ readonly rows: number; readonly controls: readonly ControlTotal[] }>;
  };
  readonly manifest: { readonly nextSequence: number; append(entry: ManifestEntry): Promise<unknown> };
  readonly files: {
    /** `relative` is a landing file's name as the manifest holds it; both answers are paths to write to. */
    place(relative: string): { readonly temporary: string; readonly final: string };
    digest(path: string): Promise<{ readonly sha256: string; readonly bytes: number }>;
    commit(temporary: string, final: string): Promise<void>;
  };
  now(): Instant;
  /** Rejects once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface LandInfo {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

interface Progress {
  readonly task: Task;
  readonly startedAt: Instant;
  nextPage: number;
  inOrder: boolean;
  /** Since when everything up to the window's end came. */
  completeFrom: Instant | undefined;
  /** The end of what the manifest was not told yet, and what came of it. */
  untoldEnd: Instant | undefined;
  pages: number;
  rows: number;
}

interface Waiting {
  readonly page: ReceivedPage;
  settle(verdict: PageVerdict): void;
  fail(error: unknown): void;
}

/**
 * The book of record. Pages are judged together as they come, kept in memory up to `landingRowsMax` rows or `landingBytesMax`,
 * then written as one file, committed, and announced by one line of the manifest with the tasks that are complete by it. Order of events:
 * file durable under its name, then the line: a crash between them leaves a file that the next run overwrites. One file is
 * written while the next pages are judged.
 */
export class Lander<Batch = unknown> {
  private readonly queue: Waiting[] = [];
  private readonly progress = new Map<number, Progress>();
  private readonly ended = new Map<LandedResource, TaskLine[]>();
  /** Since when there are rows in memory, at the latest. */
  private heldSince: Instant | undefined;
  private working: Promise<void> | undefined;
  /** Ends the wait for more pages. */
  private gathering: AbortController | undefined;
  /** The file that is being written. A failure is told by whoever waits for it: the next batch, or the end. */
  private writing: Promise<void> = Promise.resolve();
  private filesWritten = 0;
  private rowsWritten = 0;
  private bytesWritten = 0;

  constructor(
    private readonly ports: LandPorts<Batch>,
    private readonly run: number,
  ) {}

  /** Takes a page. Resolves with the verdict when its rows are parsed; rejects when the store fails, which ends the run. */
  accept(page: ReceivedPage): Promise<PageVerdict> {
    const verdict = new Promise<PageVerdict>((settle, fail) => {
      this.queue.push({ page, settle, fail });
    });
    if (this.isWorthwhile) this.gathering?.abort();
    this.working ??= this.work();
    return verdict;
  }

  /** The task begins again at its first page. What it landed stays: those rows were observed; and so does what the manifest was told. */
  restart(task: Task): void {
    const progress = this.progress.get(task.number);
    if (progress === undefined) return;
    Object.assign(progress, { nextPage: 0, inOrder: true, completeFrom: progress.untoldEnd, pages: 0, rows: 0 });
  }

  /** Makes durable what is still in memory, and every task that did not become complete. */
  async finish(
    unfinished: readonly { readonly task: Task; readonly outcome: Outcome; readonly error: string }[],
  ): Promise<LandInfo> {
    await this.working;
    await this.flushAll();
    await this.writing;
    if (unfinished.length > 0) {
      const tasks = unfinished.map(({ task, outcome, error }) => this.taskLine(task, outcome, error));
      for (let from = 0; from < tasks.length; from += lineTasksMax) {
        const some = tasks.slice(from, from + lineTasksMax);
        await this.ports.manifest.append({ kind: 'not_pulled', run: this.run, at: this.ports.now(), tasks: some });
      }
    }
    return { files: this.filesWritten, rows: this.rowsWritten, bytes: this.bytesWritten };
  }

  /** Waits for the file that is being written, whatever becomes of it: until then nothing that landing uses may be closed. */
  settled(): Promise<void> {
    return this.writing.catch(() => undefined);
  }

  private async work(): Promise<void> {
    try {
      for (;;) {
        if (this.queue.length === 0) return;
        await this.gather();
        for (const resource of landedResources) {
          const taken = this.takeTogether(resource);
          if (taken.length > 0) await this.parse(taken);
        }
      }
    } finally {
      this.working = undefined;
    }
  }

  /** Nobody waits where as many are there as are judged together, or where no other is on its way. */
  private get isWorthwhile(): boolean {
    return this.queue.length >= parsePagesMax || this.queue.at(-1)?.page.alone === true;
  }

  /** Lets more pages come, to be judged together. */
  private async gather(): Promise<void> {
    if (this.isWorthwhile) return;
    this.gathering = new AbortController();
    await this.ports.sleep(gatherMsMax, this.gathering.signal).catch(() => undefined);
    this.gathering = undefined;
  }

  /** Pages of one resource that wait now: parsed by one statement. */
  private takeTogether(resource: LandedResource): Waiting[] {
    const taken: Waiting[] = [];
    for (let index = 0; index < this.queue.length && taken.length < parsePagesMax; ) {
      const waiting = this.queue[index];
      if (waiting !== undefined && landedAs[waiting.page.task.resource] === resource)
        taken.push(...this.queue.splice(index, 1));
      else index += 1;
    }
    return taken;
  }

  private async parse(taken: readonly Waiting[]): Promise<void> {
    const [first] = taken;
    invariant(first !== undefined, 'pages to parse');
    const resource = landedAs[first.page.task.resource];
    try {
      const verdicts = await this.ports.parser.parse(
        resource,
        taken.map((waiting) => waiting.page),
      );
      taken.forEach((waiting, index) => {
        const verdict = verdicts[index];
        invariant(verdict !== undefined, 'one verdict for each page');
        if (verdict.kind === 'accepted') this.count(waiting.page, verdict.rows, verdict.inOrder);
      });
      await this.flushWhereFull(resource);
      taken.forEach((waiting, index) => {
        waiting.settle(verdicts[index] as PageVerdict);
      });
    } catch (error) {
      for (const waiting of taken) waiting.fail(error);
    }
  }

  /**
   * A page counts only behind those before it: where one is missing, the task cannot become complete by its last. Where the
   * rows are not in order, only the whole list makes it complete.
   */
  private count(page: ReceivedPage, rows: number, inOrder: boolean): void {
    const { task, observedAt: startedAt, pageNumber, last, completeFrom } = page;
    const untoldEnd = task.window?.end;
    const begun = { nextPage: 0, inOrder: true, completeFrom: untoldEnd, untoldEnd, pages: 0, rows: 0 };
    const progress: Progress = this.progress.get(task.number) ?? { task, startedAt, ...begun };
    if (progress.nextPage !== pageNumber) return;
    progress.nextPage += 1;
    progress.inOrder &&= inOrder;
    progress.pages += 1;
    progress.rows += rows;
    this.progress.set(task.number, progress);
    const whole = last && completeFrom === task.window?.start;
    if (!progress.inOrder && !whole) return;
    progress.completeFrom = completeFrom ?? progress.completeFrom;
    if (!last) return;
    this.endedOf(landedAs[task.resource]).push(this.taskLine(task, 'complete'));
    this.progress.delete(task.number);
  }

  /** What is there of tasks that have not ended: a run that goes on after this one was killed asks for the rest. */
  private partsOf(resource: LandedResource): TaskLine[] {
    const parts: TaskLine[] = [];
    for (const progress of this.progress.values()) {
      const { task, completeFrom, untoldEnd } = progress;
      if (landedAs[task.resource] !== resource || completeFrom === undefined || completeFrom >= (untoldEnd ?? ''))
        continue;
      parts.push(this.taskLine(task, 'complete'));
      Object.assign(progress, { untoldEnd: completeFrom, pages: 0, rows: 0 });
    }
    return parts;
  }

  /** The limits are on all rows in memory together, where the resource with the most bytes goes first; and on how long they are there. */
  private async flushWhereFull(parsed: LandedResource): Promise<void> {
    const { parser } = this.ports;
    const now = this.ports.now();
    this.heldSince ??= now;
    if (dateOf(now).getTime() - dateOf(this.heldSince).getTime() >= landingAgeMsMax) return this.flushAll();
    const rows = landedResources.reduce((sum, resource) => sum + parser.rowCount(resource), 0);
    const bytes = landedResources.reduce((sum, resource) => sum + parser.byteCount(resource), 0);
    if (rows >= landingRowsMax || bytes >= landingBytesMax) {
      const largest = landedResources.toSorted((a, b) => parser.byteCount(b) - parser.byteCount(a))[0];
      await this.flush(largest ?? parsed);
    } else if (this.endedOf(parsed).length >= lineTasksMax) await this.flush(parsed);
  }

  private async flushAll(): Promise<void> {
    this.heldSince = undefined;
    for (const resource of landedResources) {
      if (this.ports.parser.rowCount(resource) > 0 || this.endedOf(resource).length > 0) await this.flush(resource);
    }
  }

  /** Two batches at most are in memory: one being filled, one being written. */
  private async flush(resource: LandedResource): Promise<void> {
    await this.writing;
    const tasks = [...this.endedOf(resource), ...this.partsOf(resource)];
    this.ended.set(resource, []);
    this.writing = this.write(resource, await this.ports.parser.seal(resource), tasks);
    this.writing.catch(() => undefined);
  }

  private async write(resource: LandedResource, batch: Batch, tasks: TaskLine[]): Promise<void> {
    const { parser, manifest, files } = this.ports;
    const sequence = manifest.nextSequence;
    const file = `landing/${String(sequence).padStart(8, '0')}-${resource}.parquet`;
    const { temporary, final } = files.place(file);
    const { rows, controls } = await parser.write(batch, temporary, sequence);
    const { sha256, bytes } = await files.digest(temporary);
    await files.commit(temporary, final);
    const landed = { kind: 'landed', run: this.run, at: this.ports.now(), resource } as const;
    await manifest.append({ ...landed, file, sha256, bytes, rows, controls, tasks });
    this.filesWritten += 1;
    this.rowsWritten += rows;
    this.bytesWritten += bytes;
  }

  private taskLine(task: Task, outcome: Outcome, error?: string): TaskLine {
    const progress = this.progress.get(task.number);
    return {
      number: task.number,
      account_sid: task.accountSid,
      resource: task.resource,
      window_start: (outcome === 'complete' ? progress?.completeFrom : task.window?.start) ?? null,
      window_end: progress?.untoldEnd ?? task.window?.end ?? null,
      started_at: progress?.startedAt ?? this.ports.now(),
      outcome,
      pages: progress?.pages ?? 0,
      rows: progress?.rows ?? 0,
      ...(error === undefined ? {} : { error }),
    };
  }

  private endedOf(resource: LandedResource): TaskLine[] {
    const ended = this.ended.get(resource) ?? [];
    this.ended.set(resource, ended);
    return ended;
  }
}
