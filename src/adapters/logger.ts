import { destination, type Logger, pino } from 'pino';
import type { PipelineEvent } from '../domain/pipeline-event.js';

/**
 * Structured logs, one JSON object per line, to a file in the data folder: what an operator searches the morning after.
 * Fields are named one by one below, so that no header, body or credential can slip in; those names are redacted besides.
 */
export interface RunLog {
  onEvent(event: PipelineEvent): void;
  info(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  /** Everything written is on its way to the disk. */
  close(): void;
}

const redacted = ['password', 'auth_token', 'authorization', 'token', 'secret', 'body', 'to', 'from'];

export function openLog(path: string): RunLog {
  const sink = destination({ dest: path, mode: 0o600, sync: true, mkdir: true });
  const logger: Logger = pino(
    {
      base: null,
      redact: { paths: redacted.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return {
    onEvent: (event) => logEvent(logger, event),
    info: (message, fields = {}) => logger.info(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    close: () => sink.flushSync(),
  };
}

function logEvent(logger: Logger, event: PipelineEvent): void {
  if (event.kind === 'stage') logger.info({ stage: event.stage, detail: event.detail }, 'stage');
  else if (event.kind === 'tasks_planned') logger.info({ tasks: event.tasks }, 'planned');
  else if (event.kind === 'warning') logger.warn(event.message);
  else if (event.kind === 'retry') {
    logger.warn({ ...taskFields(event.task), attempt: event.attempt, waitMs: Math.round(event.waitMs) }, event.reason);
  } else if (event.kind === 'task_restarted') logger.warn(taskFields(event.task), `window restarted: ${event.reason}`);
  else if (event.kind === 'task_finished') {
    const { outcome, pages, rows } = event;
    logger[outcome === 'complete' ? 'info' : 'error'](
      { ...taskFields(event.task), outcome, pages, rows },
      'task ended',
    );
  }
}

type EventTask = Extract<PipelineEvent, { kind: 'retry' }>['task'];

const taskFields = (task: EventTask): Record<string, string | number> => ({
  task: task.number,
  account: task.accountSid,
  resource: task.resource,
  ...(task.window === undefined ? {} : { start: task.window.start, end: task.window.end }),
});
