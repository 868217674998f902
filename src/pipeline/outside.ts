import type { Clock } from '../adapters/clock.js';
import type { PipelineEvent } from '../domain/pipeline-event.js';

/** What the pipeline may not fetch for itself. */
export interface Outside {
  readonly clock: Clock;
  /** Jitter, in [0, 1). */
  random(): number;
  readonly signal: AbortSignal;
  onEvent(event: PipelineEvent): void;
}
