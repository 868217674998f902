import pLimit, { type LimitFunction } from 'p-limit';

export interface PageSlotsOptions {
  /** Requests in flight, over all accounts and for one. */
  readonly concurrency: number;
  readonly accountConcurrency: number;
  /** Pages whose bytes are in memory: asked for, or received and not yet landed. */
  readonly pagesMax: number;
}

export interface PageSlots {
  /**
   * Sends when there is a slot of the account, one of all, and room for a page. The slots are free again once the answer is
   * there, the room when `done` is called; at once where sending fails.
   */
  ask<Answer>(accountSid: string, send: () => Promise<Answer>): Promise<{ readonly answer: Answer; done(): void }>;
}

export function createPageSlots({ concurrency, accountConcurrency, pagesMax }: PageSlotsOptions): PageSlots {
  const overall = pLimit(concurrency);
  const rooms = pLimit(pagesMax);
  const perAccount = new Map<string, LimitFunction>();
  const takeRoom = (): Promise<() => void> =>
    new Promise((taken) => {
      void rooms(() => new Promise<void>((giveBack) => taken(giveBack)));
    });
  return {
    async ask(accountSid, send) {
      const account = perAccount.get(accountSid) ?? pLimit(accountConcurrency);
      perAccount.set(accountSid, account);
      try {
        return await account(() =>
          overall(async () => {
            const done = await takeRoom();
            try {
              return { answer: await send(), done };
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
