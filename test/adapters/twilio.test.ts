import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../src/adapters/http-transport.js';
import { createTwilio, type TwilioOptions } from '../../src/adapters/twilio.js';
import { checkEcho } from '../../src/domain/echo.js';
import { ConfigError, InvariantError, TwilioRequestError } from '../../src/domain/errors.js';
import type { LandedResource } from '../../src/domain/resource.js';
import type { Task } from '../../src/domain/task.js';
import { type Answer, type ScriptedServer, startScriptedServer } from '../support/scripted-server.js';

const main = `AC${'0'.repeat(32)}`;
const sub = `AC${'1'.repeat(32)}`;
const october = { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' };
const token = 'very-secret-token';

const task = (resource: LandedResource, accountSid = sub, window: Task['window'] = october): Task => ({
  number: 1,
  accountSid,
  resource,
  window: resource === 'accounts' ? undefined : window,
  reason: 'test',
});

let server: ScriptedServer;
let answer: Answer;
beforeEach(async () => {
  answer = { body: { calls: [{ sid: 'CA1' }] } };
  server = await startScriptedServer(() => answer);
});
afterEach(() => server.close());

const open = (one: Task, options: Partial<TwilioOptions> = {}) =>
  createTwilio({
    accountSid: main,
    username: main,
    password: token,
    baseUrl: server.url,
    transport: createHttpTransport({ concurrency: 2 }),
    ...options,
  }).openList(one);

async function failure(one: Task, given: Answer, options: Partial<TwilioOptions> = {}): Promise<Error> {
  answer = given;
  const error: unknown = await open(one, options)
    .first()
    .then(() => new Error('it succeeded'))
    .catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('not an error');
  expect(error.message).not.toContain(token);
  return error;
}

describe('the wire form', () => {
  it.each([
    ['accounts', '/2010-04-01/Accounts.json?PageSize=1000'],
    [
      'calls',
      `/2010-04-01/Accounts/${sub}/Calls.json?StartTime%3C=2026-11-01T00%3A00%3A00Z&StartTime%3E=2026-10-01T00%3A00%3A00Z&PageSize=1000`,
    ],
    [
      'messages',
      `/2010-04-01/Accounts/${sub}/Messages.json?DateSent%3C=2026-11-01T00%3A00%3A00Z&DateSent%3E=2026-10-01T00%3A00%3A00Z&PageSize=1000`,
    ],
    [
      'usage_records',
      `/2010-04-01/Accounts/${sub}/Usage/Records/Daily.json?StartDate=2026-10-01&EndDate=2026-10-31&IncludeSubaccounts=false&PageSize=1000`,
    ],
  ] as const)('of %s', async (resource, url) => {
    const list = open(task(resource));
    await list.first();
    expect(server.requests.map((request) => request.url)).toEqual([url]);
    // What is said to be sent is what was sent, and where.
    expect(checkEcho(url, list.filters)).toBeUndefined();
    const sent = [...new URLSearchParams(url.split('?')[1]).keys()].filter((name) => name !== 'PageSize');
    expect(list.filters.map((filter) => filter.name).sort()).toEqual(sent.sort());
    expect(list.place.path).toBe(url.split('?')[0]);
  });

  it('takes windows to the second, days across a leap day, and another page size', async () => {
    const seconds = { start: '2024-02-28T23:59:58Z', end: '2024-02-29T00:00:01Z' };
    await open(task('calls', sub, seconds)).first({ pageSize: 7 });
    expect(server.requests[0]?.url).toContain(
      'StartTime%3C=2024-02-29T00%3A00%3A01Z&StartTime%3E=2024-02-28T23%3A59%3A58Z',
    );
    expect(server.requests[0]?.query.get('PageSize')).toBe('7');
    await open(task('usage_records', sub, { start: '2024-02-01T00:00:00Z', end: '2024-03-01T00:00:00Z' })).first();
    expect(server.requests[1]?.query.get('EndDate')).toBe('2024-02-29');
  });

  it('is a bug where usage is not asked in whole days', () => {
    expect(() =>
      open(task('usage_records', sub, { start: '2026-10-01T00:00:00Z', end: '2026-10-02T01:00:00Z' })),
    ).toThrow(InvariantError);
  });

  it('authenticates with the main credentials, or a key', async () => {
    await open(task('calls')).first();
    await open(task('calls', main), { username: 'SK1', password: 'keysecret' }).first();
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(server.requests[0]?.headers.authorization).toBe(basic(`${main}:${token}`));
    expect(server.requests[1]?.headers.authorization).toBe(basic('SK1:keysecret'));
    expect(server.requests[0]?.headers['user-agent']).toMatch(/^twilio-node\/6\..* subledger$/);
  });

  it('gives the body as the bytes that came, and the headers', async () => {
    const bytes = Buffer.from('{"calls": [ {"price":-0.00750} ],\n"x":"é"}');
    answer = { body: bytes, headers: { 'Twilio-Concurrent-Requests': '3' } };
    const page = await open(task('calls')).first();
    expect(page.body).toEqual(bytes);
    expect(page.headers['twilio-concurrent-requests']).toBe('3');
  });

  it('follows the next page as it is, letter by letter', async () => {
    const uri = `/2010-04-01/Accounts/${sub}/Calls.json?StartTime%3E=2026-10-01+00%3a00&Page=1&PageToken=PACA%2B1`;
    const list = open(task('calls'));
    await list.next(uri);
    expect(server.requests[0]?.url).toBe(uri);
    expect(() => list.next('//evil.example/')).toThrow(InvariantError);
    expect(() => list.next('https://evil.example/')).toThrow(InvariantError);
  });

  it('keeps a folder of the base URL', async () => {
    const list = open(task('accounts'), { baseUrl: `${server.url}/proxy/twilio/` });
    await list.first();
    await list.next('/2010-04-01/Accounts.json?Page=1');
    expect(server.requests.map((request) => request.path)).toEqual([
      '/proxy/twilio/2010-04-01/Accounts.json',
      '/proxy/twilio/2010-04-01/Accounts.json',
    ]);
    expect(list.place.origins).toEqual(['https://api.twilio.com', server.url]);
  });
});

describe('without a base URL', () => {
  const hostOf = async (options: Partial<TwilioOptions>) => {
    const urls: string[] = [];
    const list = createTwilio({
      accountSid: main,
      username: main,
      password: token,
      ...options,
      transport: {
        get: async ({ url }) => {
          urls.push(url);
          return { status: 200, headers: {}, body: Buffer.from('{}') };
        },
      },
    }).openList(task('calls'));
    await list.first();
    await list.next(`${list.place.path}?Page=1`);
    const hosts = new Set(urls.map((url) => new URL(url).origin));
    expect([...hosts]).toEqual(list.place.origins);
    return [...hosts];
  };

  it.each([
    [{}, 'https://api.twilio.com'],
    [{ region: 'ie1' }, 'https://api.ie1.twilio.com'],
    [{ edge: 'dublin' }, 'https://api.dublin.us1.twilio.com'],
    [{ region: 'au1', edge: 'sydney' }, 'https://api.sydney.au1.twilio.com'],
  ])('%j asks %s', async (options, host) => {
    expect(await hostOf(options)).toEqual([host]);
  });

  it('takes nothing from the environment', async () => {
    const names = [
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'TWILIO_REGION',
      'TWILIO_EDGE',
      'TWILIO_LOG_LEVEL',
    ] as const;
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) process.env[name] = name === 'TWILIO_LOG_LEVEL' ? 'debug' : 'leaked';
    try {
      expect(await hostOf({})).toEqual(['https://api.twilio.com']);
      expect(await hostOf({ region: 'ie1' })).toEqual(['https://api.ie1.twilio.com']);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('costs under a millisecond a list, once loaded', async () => {
    await hostOf({});
    const transport = { get: async () => ({ status: 200, headers: {}, body: Buffer.from('{}') }) };
    const twilio = createTwilio({ accountSid: main, username: main, password: token, transport });
    const batchesMs: number[] = [];
    for (let batch = 0; batch < 5; batch += 1) {
      const startedMs = performance.now();
      for (let count = 0; count < 100; count += 1) await twilio.openList(task('calls')).first();
      batchesMs.push(performance.now() - startedMs);
    }
    // The best batch: the machine may be busy with something else.
    expect(Math.min(...batchesMs) / 100).toBeLessThan(1);
  });
});

const twilioError = (status: number, code: number, message: string): Answer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

describe('refusals', () => {
  it.each([
    [429, 20429, true],
    [500, 20500, true],
    [502, 0, true],
    [503, 20503, true],
    [504, 0, true],
    [400, 20001, false],
    [401, 20003, false],
    [403, 20403, false],
    [404, 20404, false],
    [409, 0, false],
  ])('%i/%i of a subaccount, transient: %s', async (status, code, transient) => {
    const error = await failure(task('calls'), {
      ...twilioError(status, code, 'So it is'),
      headers: { 'retry-after': '7' },
    });
    expect(error).toBeInstanceOf(TwilioRequestError);
    expect(error).toMatchObject({ status, code, transient, retryAfter: '7' });
    expect(error.message).toContain(`Twilio answered ${status}/${code} for calls of ${sub} from ${october.start}`);
    expect(error.message).toContain('So it is. ');
  });

  it('bear a body of HTML, or none', async () => {
    const html = { headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway +15005550006</h1>' };
    const error = await failure(task('calls'), { status: 502, ...html });
    expect(error).toMatchObject({ status: 502, code: undefined, transient: true });
    expect(error.message).not.toContain('15005550006');
    expect(await failure(task('calls'), { status: 503 })).toMatchObject({ status: 503, transient: true });
    expect(await failure(task('calls'), { status: 500, body: 'null' })).toMatchObject({ status: 500 });
  });

  it.each([
    ['HTML', { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' }],
    ['plain text', { headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['no content', { status: 204 }],
    ['part of it', { status: 206 }],
  ])('a 2xx with %s is not a page, and transient', async (_, given) => {
    const error = await failure(task('calls'), given);
    expect(error).toMatchObject({ transient: true, message: expect.stringContaining('not a page') });
  });

  it('hold neither phone numbers nor secrets', async () => {
    const message = `'From' +1 (500) 555-0006 or 15005550006 of ${main} with ${token}\r\n\u001b[31m is wrong`;
    const error = await failure(task('calls'), twilioError(400, 21212, message));
    expect(error.message).toContain(`'From' [number] or [number] of ${main} with [secret] [31m is wrong. `);
  });

  it('say what to do about usage that is not found', async () => {
    const error = await failure(task('usage_records'), twilioError(404, 20404, 'not found'));
    expect(error.message).toContain('unknown, which is not zero');
  });

  it('of the transport name account and window', async () => {
    await server.close();
    const error = await failure(task('messages'), {});
    expect(error).toMatchObject({ transient: true, status: undefined });
    expect(error.message).toContain(
      `messages of ${sub} from ${october.start} to ${october.end} found nobody listening`,
    );
  });
});

describe('credentials that cannot work are a matter of configuration', () => {
  const key = { username: `SK${'2'.repeat(32)}`, password: token };
  const denied = twilioError(401, 20003, 'Authenticate');

  it('a wrong password of the main account', async () => {
    const error = await failure(task('accounts', main), denied);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('TWILIO_AUTH_TOKEN');
    expect(await failure(task('calls', main), denied)).toBeInstanceOf(ConfigError);
  });

  it('a wrong key, or one that may not list accounts', async () => {
    const error = await failure(task('accounts', main), denied, key);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('TWILIO_API_SECRET');
    expect(error.message).toContain('Main');
  });

  it.each([denied, twilioError(403, 20403, 'Forbidden')])("a main account's key on a subaccount", async (given) => {
    const error = await failure(task('calls'), given, key);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("refuses the main account's API keys on subaccounts");
    expect(error.message).toContain('TWILIO_AUTH_TOKEN');
  });

  it('but not a main account that is suspended, nor a subaccount under the auth token', async () => {
    expect(await failure(task('calls', main), twilioError(403, 20403, 'x'))).toBeInstanceOf(TwilioRequestError);
    expect(await failure(task('calls'), denied)).toBeInstanceOf(TwilioRequestError);
  });
});
