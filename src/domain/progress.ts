import type { PipelineEvent } from './pipeline-event.js';

/** Where a run stands, as counts. Times are monotonic milliseconds. */
export interface Progress {
  readonly stage: string;
  readonly stageSinceMs: number;
  readonly tasksPlanned: number;
  readonly tasksEnded: number;
  readonly tasksFailed: number;
  readonly pages: number;
  readonly rows: number;
  readonly inFlight: number;
  readonly retries: number;
}

export const progressStart = (nowMs: number): Progress => ({
  stage: 'start',
  stageSinceMs: nowMs,
  tasksPlanned: 0,
  tasksEnded: 0,
  tasksFailed: 0,
  pages: 0,
  rows: 0,
  inFlight: 0,
  retries: 0,
});

export function progressWith(progress: Progress, event: PipelineEvent, nowMs: number): Progress {
  switch (event.kind) {
    case 'stage':
      return { ...progress, stage: `${event.stage} (${event.detail})`, stageSinceMs: nowMs };
    case 'tasks_planned':
      // Counting begins anew here: the account list was a task of its own, and done.
      return { ...progressStart(nowMs), stage: 'extract', tasksPlanned: event.tasks };
    case 'request_started':
      return { ...progress, inFlight: progress.inFlight + 1 };
    case 'request_finished':
      return { ...progress, inFlight: progress.inFlight - 1 };
    case 'page_accepted':
      return { ...progress, pages: progress.pages + 1, rows: progress.rows + event.rows };
    case 'task_divided':
      return { ...progress, tasksPlanned: progress.tasksPlanned + 1 };
    case 'retry':
      return { ...progress, retries: progress.retries + 1 };
    case 'task_finished': {
      const failed = event.outcome === 'complete' ? 0 : 1;
      return { ...progress, tasksEnded: progress.tasksEnded + 1, tasksFailed: progress.tasksFailed + failed };
    }
    default:
      return progress;
  }
}

const barWidth = 24;
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');

/** `extract ██████░░ 12/80 tasks · 431 pages · 402 113 rows · 20 in flight · 3 retries · about 40 s left` */
export function progressLine(progress: Progress, nowMs: number): string {
  if (progress.stage !== 'extract') {
    return progress.retries === 0 ? progress.stage : `${progress.stage} · ${progress.retries} retries`;
  }
  const share = progress.tasksPlanned === 0 ? 1 : progress.tasksEnded / progress.tasksPlanned;
  const filled = Math.floor(share * barWidth);
  const parts = [
    `extract ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${progress.tasksEnded}/${progress.tasksPlanned} tasks`,
    `${grouped(progress.pages)} pages`,
    `${grouped(progress.rows)} rows`,
    `${progress.inFlight} in flight`,
  ];
  if (progress.retries > 0) parts.push(`${progress.retries} retries`);
  if (progress.tasksFailed > 0) parts.push(`${progress.tasksFailed} failed`);
  const left = secondsLeft(progress, nowMs);
  if (left !== undefined) parts.push(`about ${left} s left`);
  return parts.join(' · ');
}

/** From the tasks ended so far; nothing before the first ones have. */
function secondsLeft(progress: Progress, nowMs: number): number | undefined {
  const { tasksEnded, tasksPlanned } = progress;
  if (tasksEnded === 0 || tasksEnded === tasksPlanned) return undefined;
  return Math.ceil((((nowMs - progress.stageSinceMs) / tasksEnded) * (tasksPlanned - tasksEnded)) / 1000);
}
