import { ExitCode } from './exit-code.js';

/**
 * Every error a user can meet. A message says what happened, to which account and window, and what to do next; it never
 * holds a secret, a message body or a phone number. Wrong *data* is no error but a `Finding`.
 */
export abstract class SubledgerError extends Error {
  abstract readonly exitCode: ExitCode;
}

/** Flags, environment or files are wrong: all problems at once, found before any request is sent. */
export class ConfigError extends SubledgerError {
  override readonly name = 'ConfigError';
  readonly exitCode = ExitCode.configuration;

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export interface TwilioRequestErrorContext {
  /** HTTP status; undefined where no answer came (refused, reset, timed out). */
  readonly status?: number | undefined;
  /** Twilio's own error code, as 20003 or 20429. */
  readonly code?: number | undefined;
  /** Worth asking again: 429, 5xx, timeouts, resets, damaged bodies. */
  readonly transient: boolean;
  /** The answer's Retry-After, as sent. */
  readonly retryAfter?: string | undefined;
  /** Requests in flight when this one came, as the answer says. */
  readonly concurrentRequests?: number | undefined;
  readonly cause?: unknown;
}

/** Twilio refused, failed, or answered something that cannot be trusted. */
export class TwilioRequestError extends SubledgerError {
  override readonly name = 'TwilioRequestError';
  readonly exitCode = ExitCode.incomplete;
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly transient: boolean;
  readonly retryAfter: string | undefined;
  readonly concurrentRequests: number | undefined;

  constructor(message: string, context: TwilioRequestErrorContext) {
    super(message, { cause: context.cause });
    this.status = context.status;
    this.code = context.code;
    this.transient = context.transient;
    this.retryAfter = context.retryAfter;
    this.concurrentRequests = context.concurrentRequests;
  }
}

/** Nothing could be pulled because Twilio is unreachable or throttling: a scheduler should simply try again later. */
export class TryAgainError extends SubledgerError {
  override readonly name = 'TryAgainError';
  readonly exitCode = ExitCode.tryAgain;
}

/** Another process holds the data folder. */
export class LockedError extends SubledgerError {
  override readonly name = 'LockedError';
  readonly exitCode = ExitCode.locked;
}

/** Landing, manifest or database are not what they should be, or cannot be written. */
export class StorageError extends SubledgerError {
  override readonly name = 'StorageError';
  readonly exitCode: ExitCode = ExitCode.storeDamaged;
}

/** ENOSPC: nothing half-written is visible; free space and run again. */
export class DiskFullError extends StorageError {
  override readonly exitCode = ExitCode.diskFull;
}

/** A month that may not be closed yet: everything that stands in the way. */
export class MonthNotReadyError extends SubledgerError {
  override readonly name = 'MonthNotReadyError';

  constructor(
    readonly problems: readonly string[],
    readonly exitCode: ExitCode,
  ) {
    super(problems.join('\n'));
  }
}

/** A query file failed; names the file. */
export class QueryError extends SubledgerError {
  override readonly name = 'QueryError';
  readonly exitCode = ExitCode.unexpected;

  constructor(
    readonly file: string,
    message: string,
    cause?: unknown,
  ) {
    super(`${file}: ${message}`, { cause });
  }
}

/** A wrong program: crash rather than go on. */
export class InvariantError extends SubledgerError {
  override readonly name = 'InvariantError';
  readonly exitCode = ExitCode.unexpected;
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`${message} (a bug in Subledger: please report it)`);
}
