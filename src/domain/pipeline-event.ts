import type { ExtractEvent } from './extraction.js';

/** What the pipeline tells while it runs: to the progress bar, the log and nobody else. */
export type PipelineEvent =
  | ExtractEvent
  | { readonly kind: 'stage'; readonly stage: string; readonly detail: string }
  | { readonly kind: 'tasks_planned'; readonly tasks: number }
  | { readonly kind: 'warning'; readonly message: string };
