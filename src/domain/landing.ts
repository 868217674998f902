import type { TwilioRequestError } from './errors.js';

/** The pages of a task that are being landed while the next ones are asked for. */
export class Landing {
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

/** Thrown for a page that is damaged inside: its task must come again. */
export class MalformedPage {
  constructor(readonly error: TwilioRequestError) {}
}
