import { describe, expect, it } from 'vitest';
import { pagesBeyondSlots } from '../../src/domain/limits.js';
import { calls, failing, ones, threePages, twilioError } from '../support/list-scripts.js';
import { mainSid, makeTask, pageFor, runExtract, subSid } from '../support/run-extract.js';
import type { Script } from '../support/scripted-server.js';

describe('pages', () => {
  it('of every resource come in order, as they were sent, the last one marked', async () => {
    const tasks = [
      makeTask('accounts', mainSid),
      ...(['calls', 'messages', 'usage_records'] as const).map((resource) => makeTask(resource, subSid(1))),
    ];
    const { info, accepted, events } = await runExtract(tasks, threePages);
    for (const task of tasks) {
      const pages = accepted.filter((page) => page.task === task);
      expect(pages.map((page) => [page.pageNumber, page.last])).toEqual([
        [0, false],
        [1, false],
        [2, true],
      ]);
      expect(pages.flatMap((page) => JSON.parse(page.rows.json.toString()))).toEqual(ones(5));
      expect(pages[0]?.observedAt).toBe('2026-11-02T00:00:00Z');
    }
    expect(info).toMatchObject({
      pages: 12,
      rows: 20,
      requests: 12,
      retries: 0,
      waitedMs: 0,
      failures: [],
      aborted: false,
    });
    expect(info.tasks).toEqual({ complete: 4, refused: 0, failed: 0, unfinished: 0 });
    const kinds = events.filter((event) => event.task === tasks[0]).map((event) => event.kind);
    expect([kinds.at(0), kinds.at(-1)]).toEqual(['task_started', 'task_finished']);
    for (const kind of ['request_started', 'request_finished', 'page_accepted']) {
      expect(kinds.filter((one) => one === kind)).toHaveLength(3);
    }
  });

  it('of nothing is nothing', async () => {
    const { info, server } = await runExtract([], threePages);
    expect(info).toMatchObject({ tasks: { complete: 0, unfinished: 0 }, allTransient: false });
    expect(server.requests).toHaveLength(0);
  });

  it('bring their warnings, each once, all counted', async () => {
    const { info } = await runExtract([calls()], threePages, {
      accept: (page) => ({ kind: 'accepted', rows: 1, inOrder: true, warnings: ['odd', `odd ${page.pageNumber}`] }),
    });
    expect(info.warnings).toEqual(['odd', 'odd 0', 'odd 1', 'odd 2']);
    expect(info.warningsCount).toBe(6);
  });
});

describe('bounds', () => {
  const slow: Script = async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return threePages(request, response);
  };

  it('hold over all accounts and for each, and are used to the full', async () => {
    const tasks = Array.from({ length: 60 }, (_, index) => makeTask('calls', subSid(index % 6)));
    const { info, server } = await runExtract(tasks, slow, { input: { concurrency: 6, accountConcurrency: 2 } });
    expect(info.tasks.complete).toBe(60);
    expect(server.inFlightMax()).toBe(6);
    for (let account = 0; account < 6; account += 1) {
      expect(server.inFlightMaxOf(`/2010-04-01/Accounts/${subSid(account)}/Calls.json`)).toBeLessThanOrEqual(2);
    }
    const alone = Array.from({ length: 12 }, () => calls());
    const one = await runExtract(alone, slow, { input: { concurrency: 6, accountConcurrency: 2 } });
    expect(one.server.inFlightMax()).toBe(2);
  });

  it('one request at a time is one at a time', async () => {
    const { server } = await runExtract([calls(), calls(), calls()], slow, { input: { concurrency: 1 } });
    expect(server.inFlightMax()).toBe(1);
  });

  it('hold for pages that wait to be landed, however slowly that goes', async () => {
    let atWork = 0;
    let most = 0;
    const tasks = Array.from({ length: 40 }, (_, index) => makeTask('calls', subSid(index)));
    await runExtract(tasks, threePages, {
      input: { concurrency: 3 },
      accept: async () => {
        atWork += 1;
        most = Math.max(most, atWork);
        await new Promise((resolve) => setTimeout(resolve, 50));
        atWork -= 1;
        return undefined;
      },
    });
    expect(most).toBeLessThanOrEqual(3 + pagesBeyondSlots);
    expect(most).toBeGreaterThan(pagesBeyondSlots);
  });

  it('hold no slot while a retry is waited for or a page is parsed', async () => {
    // One slot; the first task waits to ask again until the second is complete.
    let release: () => void = () => undefined;
    const secondDone = new Promise<void>((resolve) => {
      release = resolve;
    });
    const script = failing(1, twilioError(503, 20503), threePages, (request) => request.path.includes(subSid(1)));
    const { info } = await runExtract([calls(), makeTask('calls', subSid(2))], script, {
      input: { concurrency: 1 },
      sleep: () => secondDone,
      accept: (page) => {
        if (page.task.accountSid === subSid(2) && page.last) release();
        return undefined;
      },
    });
    expect(info.tasks.complete).toBe(2);
  });
});

describe('abort', () => {
  it('ends requests under way, asks for nothing more and says what is left', async () => {
    const controller = new AbortController();
    const script: Script = (request) => {
      // All but the first account are never answered.
      return request.path.includes(subSid(1)) ? pageFor(request, ones(1)) : undefined;
    };
    const tasks = Array.from({ length: 30 }, (_, index) => makeTask('calls', subSid(index + 1)));
    const startedMs = performance.now();
    const { info, server } = await runExtract(tasks, script, {
      input: { concurrency: 4, signal: controller.signal },
      started: () => setTimeout(() => controller.abort(), 150),
    });
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(info).toMatchObject({ aborted: true, failures: [], allTransient: false });
    expect(info.tasks).toEqual({ complete: 1, refused: 0, failed: 0, unfinished: 29 });
    expect(server.requests.length).toBe(1 + 4);
  });

  it('ends the wait for a retry', async () => {
    const controller = new AbortController();
    const { info } = await runExtract([calls()], failing(99, twilioError(503, 0), threePages), {
      input: { signal: controller.signal },
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
          controller.abort();
        }),
    });
    expect(info).toMatchObject({ aborted: true, tasks: { unfinished: 1, failed: 0 } });
  });

  it('before the beginning sends nothing', async () => {
    const { info, server } = await runExtract([calls()], threePages, { input: { signal: AbortSignal.abort() } });
    expect(info).toMatchObject({ aborted: true, tasks: { unfinished: 1 } });
    expect(server.requests).toHaveLength(0);
  });
});
