import { describe, expect, it } from 'vitest';
import { activeTasksBeyondSlots, giveUpsInARowMax, requestAttemptsMax } from '../../src/domain/limits.js';
import { calls, failing, ones, onlyError, threePages, twilioError } from '../support/list-scripts.js';
import { makeTask, pageFor, pageNumberOf, runExtract, subSid } from '../support/run-extract.js';
import type { Answer, Script, SeenRequest } from '../support/scripted-server.js';

describe('asks again, and loses and doubles nothing', () => {
  const dropped: Script = (_, response) => void response.socket?.destroy();
  const cut: Script = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"calls":[', () => response.socket?.destroy());
    return undefined;
  };
  const once = (bad: Script): Script => {
    let done = false;
    return (request, response) => {
      if (done || pageNumberOf(request) !== 1) return threePages(request, response);
      done = true;
      return bad(request, response);
    };
  };

  it.each<[string, Script]>([
    ['429', () => twilioError(429, 20429)],
    ['500', () => twilioError(500, 0)],
    ['502 in HTML', () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' })],
    ['503', () => twilioError(503, 0)],
    ['504', () => ({ status: 504 })],
    ['a reset before the headers', dropped],
    ['a body cut off', cut],
    ['an empty 200', () => ({ body: '' })],
    ['null', () => ({ body: 'null' })],
    ['a bare list', () => ({ body: '[]' })],
    ['HTML that says 200', () => ({ body: '<html>' })],
    ['HTML of its own type', () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' })],
    ['204', (_, response) => void response.writeHead(204).end()],
    ['truncated JSON', (request) => ({ body: JSON.stringify(pageFor(request, ones(2)).body).slice(0, -3) })],
    ['broken UTF-8', () => ({ body: Buffer.from([0x7b, 0xff, 0x7d]) })],
    ['a byte order mark', (request) => ({ body: `\uFEFF${JSON.stringify(pageFor(request, ones(2)).body)}` })],
  ])('after %s on the second page', async (_, bad) => {
    const { info, accepted, restarted } = await runExtract([calls()], once(bad));
    expect(info).toMatchObject({ tasks: { complete: 1 }, rows: 5, pages: 3, requests: 4, retries: 1 });
    expect(accepted.flatMap((page) => JSON.parse(page.rows.json.toString()))).toEqual(ones(5));
    expect(restarted).toEqual([]);
  });

  it('from its first page after one whose rows are malformed inside: the pages behind it were on their way', async () => {
    const { info, accepted, events, restarted } = await runExtract([calls()], threePages, {
      accept: (_, times) => (times === 2 ? { kind: 'malformed', detail: 'its rows are odd' } : undefined),
    });
    expect(info).toMatchObject({ tasks: { complete: 1 }, pages: 3, rows: 5, retries: 1 });
    const pageNumbers = accepted.map((page) => page.pageNumber);
    expect(pageNumbers.slice(0, 2)).toEqual([0, 1]);
    expect(pageNumbers.slice(-3)).toEqual([0, 1, 2]);
    expect(restarted).toHaveLength(1);
    expect(events.find((event) => event.kind === 'retry')).toMatchObject({
      attempt: 1,
      waitMs: 250,
      reason: expect.stringContaining('its rows are odd'),
    });
  });

  it('waits as long as Retry-After says, or by its own back-off', async () => {
    const answer = (retryAfter: string): Answer => ({
      ...twilioError(429, 20429),
      headers: { 'retry-after': retryAfter },
    });
    const wait = async (retryAfter: string) =>
      (await runExtract([calls()], failing(1, answer(retryAfter), threePages))).sleepsMs;
    expect(await wait('7')).toEqual([7250]);
    expect(await wait('Mon, 02 Nov 2026 00:01:00 GMT')).toEqual([60_250]);
    expect(await wait('soon')).toEqual([250]);
    expect(await wait('-7')).toEqual([250]);
    const { info, sleepsMs } = await runExtract([calls()], failing(4, twilioError(429, 20429), threePages));
    expect(sleepsMs).toEqual([250, 500, 1000, 2000]);
    expect(info).toMatchObject({ retries: 4, waitedMs: 3750 });
  });
});

describe('gives up', () => {
  const forEver = (answer: Answer, path = ''): Script =>
    failing(Number.POSITIVE_INFINITY, answer, threePages, (request) => request.path.includes(path));

  it('after the last try, and the others finish', async () => {
    const tasks = [makeTask('calls', subSid(1)), makeTask('calls', subSid(2)), makeTask('calls', subSid(3))];
    const { info, server } = await runExtract(tasks, forEver(twilioError(503, 0), subSid(2)));
    expect(info.tasks).toEqual({ complete: 2, refused: 0, failed: 1, unfinished: 0 });
    expect(server.requests.filter((request) => request.path.includes(subSid(2)))).toHaveLength(requestAttemptsMax);
    const error = onlyError(info.failures);
    expect(info.failures[0]).toMatchObject({ task: tasks[1], outcome: 'failed' });
    expect(error.message).toContain(`calls of ${subSid(2)} from 2026-10-01T00:00:00Z to 2026-11-01T00:00:00Z`);
    expect(error.message).toContain(`Gave up: tried ${requestAttemptsMax} times.`);
    expect(info.allTransient).toBe(false);
  });

  it('at once where Twilio asks for ten hours', async () => {
    const answer = { ...twilioError(429, 20429), headers: { 'retry-after': '36000' } };
    const { info, server, sleepsMs } = await runExtract([calls()], forEver(answer));
    expect(server.requests).toHaveLength(1);
    expect(sleepsMs).toEqual([]);
    expect(onlyError(info.failures).message).toContain('36000 s');
    expect(info.allTransient).toBe(true);
  });

  it('when its time is used up, though tries are left', async () => {
    const answer = { ...twilioError(503, 0), headers: { 'retry-after': '400' } };
    const { info, sleepsMs } = await runExtract([calls()], forEver(answer));
    expect(sleepsMs).toEqual([400_250, 400_250]);
    expect(info.tasks.failed).toBe(1);
  });

  it('on a page that never is one', async () => {
    const { info, accepted } = await runExtract([calls()], forEver({ body: '<html>' }));
    expect(accepted).toEqual([]);
    expect(onlyError(info.failures).message).toMatch(/Page 1 of calls of .*: not a page, .*HTML.*Gave up/);
  });

  it('asking at all, when one task after the other ran out of retries', async () => {
    const tasks = Array.from({ length: 100 }, (_, index) => makeTask('calls', subSid(index + 1)));
    const { info, server } = await runExtract(tasks, forEver(twilioError(503, 0)), { input: { concurrency: 5 } });
    expect(info.tasks.failed).toBe(100);
    expect(info.allTransient).toBe(true);
    const asked = server.requests.length / requestAttemptsMax;
    expect(asked).toBeGreaterThanOrEqual(giveUpsInARowMax);
    // Those that were active already when the last one gave up.
    expect(asked).toBeLessThan(giveUpsInARowMax + 5 + activeTasksBeyondSlots);
    expect(info.failures.at(-1)?.error.message).toContain('was not asked for');
  });
});

describe('the window begins anew', () => {
  it('once, where a page token expired', async () => {
    const onPageTwo = (request: SeenRequest) => pageNumberOf(request) === 2;
    const task = calls();
    const { info, accepted, restarted } = await runExtract(
      [task],
      failing(1, twilioError(400, 20001), threePages, onPageTwo),
    );
    expect(info).toMatchObject({ tasks: { complete: 1 }, pages: 3, rows: 5, requests: 6 });
    expect(accepted.map((page) => page.pageNumber)).toEqual([0, 1, 0, 1, 2]);
    expect(restarted).toEqual([task]);
    const again = await runExtract([calls()], failing(2, twilioError(400, 20001), threePages, onPageTwo));
    expect(again.info.failures[0]).toMatchObject({ outcome: 'failed', error: { status: 400 } });
    expect(again.restarted).toHaveLength(1);
  });

  it('with smaller pages, where usage fails twice on large ones', async () => {
    const large = (request: SeenRequest) => request.query.get('PageSize') === '1000';
    const usage = makeTask('usage_records', subSid(1));
    const { info, server, restarted } = await runExtract(
      [usage],
      failing(99, twilioError(500, 20500), threePages, large),
    );
    expect(info).toMatchObject({ tasks: { complete: 1 }, rows: 5 });
    expect(server.requests.map((request) => request.query.get('PageSize'))).toEqual([
      '1000',
      '1000',
      '100',
      '100',
      '100',
    ]);
    expect(restarted).toEqual([]);
    const onPageOne = (request: SeenRequest) => large(request) && pageNumberOf(request) === 1;
    const later = await runExtract([usage], failing(99, twilioError(500, 20500), threePages, onPageOne));
    expect(later.info).toMatchObject({ tasks: { complete: 1 }, rows: 5 });
    expect(later.restarted).toEqual([usage]);
  });

  it('but one 500 of usage is an accident, and calls keep their page size', async () => {
    const usage = await runExtract([makeTask('usage_records', subSid(1))], failing(1, twilioError(500, 0), threePages));
    const traffic = await runExtract([calls()], failing(3, twilioError(500, 0), threePages));
    for (const { info, server } of [usage, traffic]) {
      expect(info.tasks.complete).toBe(1);
      expect(new Set(server.requests.map((request) => request.query.get('PageSize')))).toEqual(new Set(['1000']));
    }
  });
});
