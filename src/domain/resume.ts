import { resumeMsMax } from './limits.js';
import type { RunFinished, RunStarted } from './manifest.js';
import { dateOf, type Instant } from './period.js';

/**
 * The first of the runs right before `run` that were killed or stopped: what they and those after them pulled is not asked for again.
 * Undefined where the run before came to its end, or began too long ago: then what may still change is pulled anew.
 */
export function interruptedSince(
  lines: readonly (RunStarted | RunFinished)[],
  run: number,
  now: Instant,
): number | undefined {
  let first: number | undefined;
  for (let before = run - 1; before >= 1; before -= 1) {
    const started = lines.find((line) => line.kind === 'run_started' && line.run === before);
    const finished = lines.find((line): line is RunFinished => line.kind === 'run_finished' && line.run === before);
    const young = started !== undefined && dateOf(now).getTime() - dateOf(started.at).getTime() <= resumeMsMax;
    if (!young || finished?.aborted === false) return first;
    first = before;
  }
  return first;
}
