import { describe, expect, it } from 'vitest';
import { ConfigError, StorageError } from '../../src/domain/errors.js';
import { calls, failing, ones, onlyError, threePages, twilioError } from '../support/list-scripts.js';
import { mainSid, makeTask, nextOf, pageFor, pageNumberOf, runExtract, subSid } from '../support/run-extract.js';
import type { Script, SeenRequest } from '../support/scripted-server.js';

describe('refusals are not asked again, and the others finish', () => {
  it.each([
    ['calls', 401, 20003, 'refused'],
    ['calls', 403, 20403, 'refused'],
    ['calls', 404, 20404, 'refused'],
    ['messages', 404, 20404, 'refused'],
    ['usage_records', 403, 20403, 'refused'],
    ['usage_records', 404, 20404, 'failed'],
    ['calls', 404, 0, 'failed'],
    ['calls', 400, 20001, 'failed'],
  ] as const)('%s with %i/%i: %s', async (resource, status, code, outcome) => {
    const tasks = [makeTask(resource, subSid(1)), makeTask(resource, subSid(2))];
    const script = failing(99, twilioError(status, code), threePages, (request) => request.path.includes(subSid(1)));
    const { info, server, sleepsMs, events } = await runExtract(tasks, script);
    expect(info.failures).toMatchObject([{ task: tasks[0], outcome, error: { status, transient: false } }]);
    expect(info.tasks).toMatchObject({ complete: 1, [outcome]: 1 });
    expect(server.requests).toHaveLength(4);
    expect(sleepsMs).toEqual([]);
    expect(info.allTransient).toBe(false);
    const finished = events.filter((event) => event.kind === 'task_finished');
    expect(finished).toContainEqual({ kind: 'task_finished', task: tasks[0], outcome, pages: 0, rows: 0 });
    expect(finished).toContainEqual({ kind: 'task_finished', task: tasks[1], outcome: 'complete', pages: 3, rows: 5 });
  });

  it('a redirect to another host fails the task, and the other host sees nothing', async () => {
    const script = failing(1, { status: 302, headers: { location: 'https://evil.example/' } }, threePages);
    const { info, server } = await runExtract([calls()], script);
    expect(onlyError(info.failures).message).toContain('redirected (302) to https://evil.example');
    expect(server.requests).toHaveLength(1);
  });
});

describe('what concerns all tasks stops them at once', () => {
  const many = () => Array.from({ length: 50 }, (_, index) => makeTask('calls', subSid(index + 1)));

  it('a wrong password', async () => {
    const run = runExtract(
      [...many(), makeTask('calls', mainSid)],
      failing(99, twilioError(401, 20003), threePages, (request) => request.path.includes(mainSid)),
    );
    await expect(run).rejects.toBeInstanceOf(ConfigError);
  });

  it("a main account's key on subaccounts: one error, not fifty", async () => {
    let requests = 0;
    const script: Script = () => {
      requests += 1;
      return twilioError(401, 20003);
    };
    const run = runExtract(many(), script, { twilio: { username: `SK${'1'.repeat(32)}` }, input: { concurrency: 2 } });
    await expect(run).rejects.toThrow("refuses the main account's API keys on subaccounts");
    expect(requests).toBeLessThanOrEqual(4);
  });

  it('a disk that is full, while another task waits to ask again', async () => {
    const script = failing(99, twilioError(503, 0), threePages, (request) => request.path.includes(subSid(2)));
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const run = runExtract(many(), script, {
      sleep,
      accept: (_, times) => {
        if (times > 3) throw new StorageError('the disk is full');
        return undefined;
      },
    });
    await expect(run).rejects.toThrow('the disk is full');
  });
});

describe('where the pages lead', () => {
  it('a loop is found, and fails the task', async () => {
    const script: Script = (request) => {
      const number = pageNumberOf(request);
      return pageFor(request, ones(1), nextOf(request, number === 3 ? 1 : number + 1));
    };
    const { info, server } = await runExtract([calls()], script);
    expect(onlyError(info.failures).message).toContain('do not end: after 4');
    expect(info.failures[0]).toMatchObject({ outcome: 'failed', error: { transient: false } });
    expect(server.requests).toHaveLength(4);
  });

  it('a page that points to itself is found at once', async () => {
    const { info, server } = await runExtract([calls()], (request) => pageFor(request, ones(1), request.url));
    expect(info.tasks.failed).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['another host', (request: SeenRequest) => `https://evil.example${request.path}`],
    ['another account', (request: SeenRequest) => nextOf(request, 1).replace(subSid(1), subSid(2))],
    ['another list', (request: SeenRequest) => nextOf(request, 1).replace('Calls', 'Messages')],
    ['a folder above', (request: SeenRequest) => nextOf(request, 1).replace('Calls', 'x/../Calls')],
  ])('%s is refused, and nothing of that page is taken', async (_, next) => {
    const { info, server, accepted } = await runExtract([calls()], (request) =>
      pageFor(request, ones(1), next(request)),
    );
    expect(info.failures[0]).toMatchObject({ outcome: 'failed', error: { transient: false } });
    expect(onlyError(info.failures).message).toContain('next_page_uri');
    expect(server.requests).toHaveLength(1);
    expect(accepted).toEqual([]);
  });

  it('a filter that is not echoed fails the window, on any page', async () => {
    const script: Script = (request, response) => {
      if (pageNumberOf(request) < 1) return threePages(request, response);
      return pageFor({ ...request, url: request.url.replace('StartTime%3C', 'StartTime') }, ones(2));
    };
    const { info, accepted } = await runExtract([calls()], script);
    expect(onlyError(info.failures).message).toContain('Twilio did not apply the filter StartTime<');
    expect(info.failures[0]?.error.transient).toBe(false);
    expect(accepted).toHaveLength(1);
  });

  it('rows that must not be there fail the window without another try', async () => {
    const { info, server } = await runExtract([calls()], threePages, {
      accept: (page) => (page.pageNumber === 1 ? { kind: 'refused', detail: 'another account' } : undefined),
    });
    expect(info.failures[0]).toMatchObject({ outcome: 'failed', error: { transient: false } });
    expect(onlyError(info.failures).message).toMatch(/^Page 2 of calls of .*: another account\./);
    // The page behind it may have been asked for meanwhile; this one was not asked for again.
    expect(server.requests.filter((request) => pageNumberOf(request) === 1)).toHaveLength(1);
    expect(info).toMatchObject({ pages: 0, rows: 0, retries: 0 });
  });
});
