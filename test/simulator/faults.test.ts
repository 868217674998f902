import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultAction } from '../../src/simulator/faults.js';
import { basicAuth, type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { listPath } from './api.js';

let simulator: SimulatorHandle;
let path: string;

beforeAll(async () => {
  simulator = await startSimulatorHere({ records: 2000, accounts: 2 });
  path = listPath(simulator.accountSid, 'Calls', { PageSize: 20 });
});
afterAll(() => simulator.stop());

interface Seen {
  status?: number;
  headers: Record<string, unknown>;
  bytes: Buffer;
  /** Code of the error that ended it, `timeout`, or undefined where it ended well. */
  error?: string;
  afterMs: number;
}

/** Reads at the level where faults happen: bytes, headers, and how the connection ended. */
function read(timeoutMs = 400): Promise<Seen> {
  return new Promise((resolve) => {
    const start = performance.now();
    const seen: Seen = { headers: {}, bytes: Buffer.alloc(0), afterMs: 0 };
    let isDone = false;
    const done = (error?: string): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      if (error !== undefined) seen.error = error;
      seen.afterMs = performance.now() - start;
      asked.destroy();
      resolve(seen);
    };
    const headers = { ...basicAuth(simulator.accountSid, simulator.authToken) };
    const asked = request(simulator.baseUrl + path, { headers, agent: false }, (response) => {
      seen.status = response.statusCode ?? 0;
      seen.headers = response.headers;
      response.on('data', (chunk: Buffer) => {
        seen.bytes = Buffer.concat([seen.bytes, chunk]);
      });
      response.on('error', (error: NodeJS.ErrnoException) => done(error.code));
      response.on('end', () => done());
    });
    asked.on('error', (error: NodeJS.ErrnoException) => done(error.code));
    const timer = setTimeout(() => done('timeout'), timeoutMs);
    asked.end();
  });
}

async function readWith(action: FaultAction, timeoutMs?: number): Promise<Seen> {
  await simulator.setFaults([{ action }]);
  const seen = await read(timeoutMs);
  await simulator.setFaults([]);
  return seen;
}

let honest: Seen;
beforeAll(async () => {
  honest = await read();
});

describe('what an answer says', () => {
  it('status, headers and body are what the rule says', async () => {
    const body = { code: 20429, message: 'Too Many Requests', more_info: 'x', status: 429 };
    const seen = await readWith({ status: 429, headers: { 'Retry-After': '3' }, body });
    expect(seen).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    expect(JSON.parse(seen.bytes.toString())).toEqual(body);
  });

  it('a status alone leaves the body; a header can be replaced and removed', async () => {
    const seen = await readWith({
      status: 503,
      headers: { 'content-type': 'text/html', 'Twilio-Concurrent-Requests': '9' },
    });
    expect(seen.status).toBe(503);
    expect(seen.headers['content-type']).toBe('text/html');
    expect(seen.headers['twilio-concurrent-requests']).toBe('9');
    expect(seen.bytes.equals(honest.bytes)).toBe(true);
    const without = await readWith({ headers: { 'Content-Type': '' } });
    expect(without.headers['content-type']).toBeUndefined();
  });

  it('empty, null, HTML, no content, a redirect, bytes that are no text', async () => {
    expect((await readWith({ replace_body: '' })).bytes).toHaveLength(0);
    expect((await readWith({ replace_body: 'null' })).bytes.toString()).toBe('null');
    const html = await readWith({ replace_body: '<html>', content_type: 'text/html' });
    expect([html.status, html.headers['content-type'], html.bytes.toString()]).toEqual([200, 'text/html', '<html>']);
    expect(await readWith({ status: 204 })).toMatchObject({ status: 204, bytes: Buffer.alloc(0) });
    const away = await readWith({ status: 302, headers: { Location: 'http://example.com/' }, body: '' });
    expect(away).toMatchObject({ status: 302, headers: { location: 'http://example.com/' } });
    expect((await readWith({ body_base64: '77u/ew==' })).bytes).toEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x7b]));
  });

  it('an edit of the text, by words or by pattern, everywhere or once', async () => {
    const words = await readWith({ edit: { find: '"status"', replace: '"state"' } });
    expect(words.bytes.toString()).not.toContain('"status"');
    const edits = [
      { find: '"next_page_uri":"[^"]*"', replace: '"next_page_uri":"//evil.example/x"', regex: true },
      { find: '"price":(null|"[^"]*")', replace: '"price":"1e-3"', regex: true, once: true },
    ];
    const page = JSON.parse((await readWith({ edit: edits })).bytes.toString());
    expect(page.next_page_uri).toBe('//evil.example/x');
    expect(page.calls.filter((call: { price: string }) => call.price === '1e-3')).toHaveLength(1);
  });

  it('what another path would have given', async () => {
    const other = listPath(simulator.accountSid, 'Calls', { PageSize: 3 });
    expect(JSON.parse((await readWith({ answer_as: other })).bytes.toString()).calls).toHaveLength(3);
  });

  it('a page that is large', async () => {
    const seen = await readWith({ pad_bytes: 3_000_000 }, 3000);
    expect(seen.bytes).toHaveLength(honest.bytes.length + 3_000_000);
    expect(JSON.parse(seen.bytes.toString())).toEqual(JSON.parse(honest.bytes.toString()));
  });
});

describe('how an answer is sent', () => {
  it('reset before the headers and in the middle of the body', async () => {
    expect(await readWith({ reset: 'before-headers' })).toMatchObject({ error: 'ECONNRESET', bytes: Buffer.alloc(0) });
    const middle = await readWith({ reset: 'mid-body' });
    expect(middle).toMatchObject({ status: 200, error: 'ECONNRESET' });
    expect(middle.bytes.length).toBeLessThan(honest.bytes.length);
  });

  it('cut short of its length, cut with a length that fits, cut in chunks', async () => {
    const cut = await readWith({ truncate: -10 });
    expect(cut).toMatchObject({ error: 'ECONNRESET', headers: { 'content-length': String(honest.bytes.length) } });
    expect(cut.bytes).toHaveLength(honest.bytes.length - 10);
    const fitting = await readWith({ truncate: 100, declare: 'short' });
    expect(fitting.error).toBeUndefined();
    expect(fitting.bytes).toHaveLength(100);
    const chunked = await readWith({ truncate: 100, chunked: true });
    expect(chunked).toMatchObject({ error: 'ECONNRESET', headers: { 'transfer-encoding': 'chunked' } });
    expect((await readWith({ chunked: true })).bytes.equals(honest.bytes)).toBe(true);
  });

  it('late, stalled, by drops, with headers that never end', async () => {
    expect((await readWith({ delay_ms: 150 })).afterMs).toBeGreaterThan(145);
    const stalled = await readWith({ stall_after_bytes: 500 });
    expect(stalled).toMatchObject({ error: 'timeout', status: 200 });
    expect(stalled.bytes).toHaveLength(500);
    const drops = await readWith({ drip: { bytes: 7, every_ms: 10 } });
    expect(drops.error).toBe('timeout');
    expect(drops.bytes.length).toBeGreaterThan(7);
    expect(drops.bytes.length % 7).toBe(0);
    const small = await readWith({ replace_body: 'abc', drip: { every_ms: 5 } });
    expect(small.bytes.toString()).toBe('abc');
    const endless = await readWith({ endless_headers_ms: 5 });
    expect(endless.error).toBe('timeout');
    expect(endless.status).toBeUndefined();
  });
});

describe('when a rule fires', () => {
  const status = async (): Promise<unknown> => (await read()).status;

  it('on the nth match, after some, so many times, on a path', async () => {
    await simulator.setFaults([{ match: { nth: [2, 4] }, action: { status: 500 } }]);
    expect([await status(), await status(), await status(), await status(), await status()]).toEqual([
      200, 500, 200, 500, 200,
    ]);
    await simulator.setFaults([{ match: { after: 1, times: 2 }, action: { status: 502 } }]);
    expect([await status(), await status(), await status(), await status()]).toEqual([200, 502, 502, 200]);
    expect((await simulator.stats()).faults).toEqual([{ matched: 4, fired: 2 }]);
    await simulator.setFaults([{ match: { path: '^GET .*/Messages\\.json' }, action: { status: 500 } }]);
    expect(await status()).toBe(200);
    await simulator.setFaults([{ match: { path: 'Calls\\.json\\?PageSize=20' }, action: { status: 500 } }]);
    expect(await status()).toBe(500);
    await simulator.setFaults([]);
    expect(await status()).toBe(200);
  });

  it('and the clock can move under a reader', async () => {
    await simulator.setFaults([{ match: { nth: [2] }, action: { set_clock: '2026-09-10T00:00:00Z' } }]);
    const first = (await read()).bytes.toString();
    const second = (await read()).bytes.toString();
    expect(first).toContain('Oct 2026');
    expect(second).not.toContain('Oct 2026');
    await simulator.setClock('2026-11-11T00:00:00Z');
    await simulator.setFaults([]);
  });

  it('and rules that are none are refused', async () => {
    for (const body of ['{}', '[1]', '[{"action":1}]', 'x', '[{"match":{"path":"("},"action":{}}]']) {
      const response = await fetch(`${simulator.baseUrl}/_simulator/faults`, { method: 'POST', body });
      expect(response.status).toBe(400);
    }
    expect((await fetch(`${simulator.baseUrl}/_simulator/nothing`)).status).toBe(404);
    const clock = await fetch(`${simulator.baseUrl}/_simulator/clock`, { method: 'POST', body: '{"now":"soon"}' });
    expect(clock.status).toBe(400);
  });
});
