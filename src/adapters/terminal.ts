import type { PipelineEvent } from '../domain/pipeline-event.js';
import { type Progress, progressLine, progressStart, progressWith } from '../domain/progress.js';

export interface Terminal {
  onEvent(event: PipelineEvent): void;
  /** Leaves the last state standing. */
  done(): void;
}

/** A bar is drawn this often; without a terminal a plain line is written this often. */
const drawMs = 100;
const plainLineMs = 10_000;

/** Progress on stderr: one line that is drawn again on a terminal, plain lines otherwise, nothing with --quiet. */
export async function createTerminal(options: {
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
  readonly monotonicMs: () => number;
}): Promise<Terminal> {
  const { stream, quiet, monotonicMs } = options;
  const drawn = stream.isTTY === true && process.env.TERM !== 'dumb';
  // Loaded where there is something to draw on: every scheduled run starts the sooner.
  const update = drawn ? (await import('log-update')).createLogUpdate(stream) : undefined;
  let progress: Progress = progressStart(monotonicMs());
  let shownMs = Number.NEGATIVE_INFINITY;
  let told = false;
  const show = (): void => {
    shownMs = monotonicMs();
    const line = progressLine(progress, shownMs);
    if (update !== undefined) update(line);
    else stream.write(`${line}\n`);
  };
  return {
    onEvent(event) {
      if (quiet) return;
      told = true;
      const before = progress.stage;
      progress = progressWith(progress, event, monotonicMs());
      if (event.kind === 'warning') stream.write(`warning: ${event.message}\n`);
      const due = monotonicMs() - shownMs >= (drawn ? drawMs : plainLineMs);
      if (due || progress.stage !== before) show();
    },
    done() {
      if (!told || update === undefined) return;
      show();
      update.done();
    },
  };
}
