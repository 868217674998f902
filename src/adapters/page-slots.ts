import pLimit, { type LimitFunction } from 'p-limit';
import { type AnswerHeaders, createThrottle, type ThrottleOptions } from './throttle.js';

/** `concurrency` bounds the requests in flight over all accounts; how many of them there are, the throttle decides. */
export interface PageSlotsOptions extends ThrottleOptions {
  /** Requests in flight for one account. */
  readonly accountConcurrency: number;
  /** Pages whose bytes are in memory: asked for, or received and not yet landed. */
  readonly pagesMax: number;
}

export interface PageSlots {
  /**
   * Sends when there is a slot of the account, one of all, room for a page, and no Retry-After under way. The slots are free
   * again once the answer is there, the room when `done` is called; at once where sending fails.
   */
  ask<Answer extends AnswerHeaders>(
    accountSid: string,
    send: () => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<{ readonly answer: Answer; done(): void }>;
}

export function createPageSlots({ accountConcurrency, pagesMax, ...options }: PageSlotsOptions): PageSlots {
  const throttle = createThrottle(options, (limit) => {
    overall.concurrency = limit;
  });
  const overall = pLimit(throttle.limit);
  const rooms = pLimit(pagesMax);
  const perAccount = new Map<string, LimitFunction>();
  const takeRoom = (): Promise<() => void> =>
    new Promise((taken) => {
      void rooms(() => new Promise<void>((giveBack) => taken(giveBack)));
    });
  return {
    async ask(accountSid, send, signal) {
      const account = perAccount.get(accountSid) ?? pLimit(accountConcurrency);
      perAccount.set(accountSid, account);
      try {
        return await account(() =>
          overall(async () => {
            const done = await takeRoom();
            try {
              return { answer: await throttle.send(send, signal), done };
            } catch (error) {
              done();
              throw error;
            }
          }),
        );
      } finally {
        if (account.activeCount + account.pendingCount === 0) perAccount.delete(accountSid);
      }
    },
  };
}
