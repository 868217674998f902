import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createHttpTransport,
  type HttpResponse,
  type HttpTransportOptions,
} from '../../src/adapters/http-transport.js';
import { ConfigError, TwilioRequestError } from '../../src/domain/errors.js';
import { type Script, startScriptedServer } from '../support/scripted-server.js';
import { selfSigned } from '../support/self-signed.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(script: Script) {
  const server = await startScriptedServer(script);
  closers.push(server.close);
  return server;
}

/** A server that writes these very bytes to whoever says something, and then ends, resets or waits. */
async function serveBytes(bytes: string | Buffer, then: 'end' | 'reset' | 'wait'): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(bytes, () => {
        if (then === 'end') socket.end();
        if (then === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
      });
    });
    closers.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function get(url: string, options: Partial<HttpTransportOptions> = {}, signal?: AbortSignal): Promise<HttpResponse> {
  const transport = createHttpTransport({ concurrency: 2, ...options });
  closers.push(() => transport.close());
  return transport.get({ url, headers: { Authorization: 'Basic c2VjcmV0' }, signal });
}

/** The error, which must be of Twilio's kind; fails where there is none. */
async function failure(promise: Promise<unknown>): Promise<TwilioRequestError> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TwilioRequestError);
  expect(`${error}`).not.toContain('c2VjcmV0');
  return error as TwilioRequestError;
}

describe('a good answer', () => {
  it('comes whole, with status, headers and body as bytes', async () => {
    const { url } = await serve(() => ({ status: 404, headers: { 'X-One': 'a' }, body: Buffer.from([1, 0, 255]) }));
    const answer = await get(`${url}/x?y=1`);
    expect(answer.status).toBe(404);
    expect(answer.headers['x-one']).toBe('a');
    expect(answer.body).toEqual(Buffer.from([1, 0, 255]));
  });

  it('is asked for as gzip, and unzipped', async () => {
    const body = gzipSync('{"a":1}');
    const { url, requests } = await serve(() => ({ headers: { 'content-encoding': 'gzip' }, body }));
    expect((await get(url)).body.toString()).toBe('{"a":1}');
    expect(requests[0]?.headers['accept-encoding']).toBe('gzip');
  });

  it('may be empty', async () => {
    const { url } = await serve((_, response) => void response.writeHead(204).end());
    expect(await get(url)).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  });

  it('keeps its connection for the next one', async () => {
    const ports = new Set<unknown>();
    const { url } = await serve((_, response) => {
      ports.add(response.socket?.remotePort);
      return {};
    });
    const transport = createHttpTransport({ concurrency: 2 });
    closers.push(() => transport.close());
    for (let times = 0; times < 3; times += 1) await transport.get({ url, headers: {} });
    expect(ports.size).toBe(1);
  });
});

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

describe('damage on the way is transient', () => {
  it.each([
    ['reset before the headers', '', 'reset'],
    ['closed before the headers', '', 'end'],
    ['cut in the headers', 'HTTP/1.1 200 OK\r\nContent-', 'end'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'end'],
    ['reset in the body', `${head}Content-Length: 100\r\n\r\n{"a":`, 'reset'],
    ['a body shorter than its Content-Length', `${head}Content-Length: 100\r\n\r\n{"a":1}`, 'end'],
    ['a body longer than its Content-Length', `${head}Content-Length: 4\r\n\r\n{"a":1}`, 'end'],
    ['chunks without an end', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`, 'end'],
    ['a chunk cut in the middle', `${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"a":`, 'reset'],
    [
      'gzip cut off',
      Buffer.concat([
        Buffer.from(`${head}Content-Encoding: gzip\r\nContent-Length: 15\r\n\r\n`),
        gzipSync('{"a":1}').subarray(0, 15),
      ]),
      'end',
    ],
    ['gzip that is none', `${head}Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\n{"a":1}`, 'end'],
    ['an encoding that was not asked for', `${head}Content-Encoding: br\r\nContent-Length: 7\r\n\r\n{"a":1}`, 'end'],
  ] as const)('%s', async (_, bytes, then) => {
    expect((await failure(get(await serveBytes(bytes, then)))).transient).toBe(true);
  });

  it('gzip with a wrong checksum', async () => {
    const body = gzipSync('{"a":1}');
    body.writeUInt32LE(0, body.length - 8);
    const { url } = await serve(() => ({ headers: { 'content-encoding': 'gzip' }, body }));
    expect(await failure(get(url))).toMatchObject({ transient: true, message: expect.stringContaining('gzip') });
  });

  it('nobody listening', async () => {
    const { url, close } = await startScriptedServer(() => ({}));
    await close();
    expect(await failure(get(url))).toMatchObject({ transient: true, message: expect.stringContaining('nobody') });
  });

  it('an unknown host', async () => {
    const error = await failure(get('https://no-such-host.invalid/'));
    expect(error).toMatchObject({ transient: true, message: expect.stringContaining('no-such-host.invalid') });
  });

  it('TLS where plain HTTP answers', async () => {
    const { url } = await serve(() => ({}));
    expect((await failure(get(url.replace('http:', 'https:')))).transient).toBe(true);
  });
});

describe('deadlines', () => {
  it.each([
    ['no answer at all', ''],
    ['headers that never end', 'HTTP/1.1 200 OK\r\nX: '],
    ['a body that stalls', `${head}Content-Length: 100\r\n\r\n{"a":1}`],
  ])('of silence: %s', async (_, bytes) => {
    const error = await failure(get(await serveBytes(bytes, 'wait'), { idleMsMax: 100, totalMsMax: 5000 }));
    expect(error).toMatchObject({ transient: true, message: expect.stringContaining('silent') });
  });

  it('in total: a byte now and then', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
      return undefined;
    });
    const error = await failure(get(url, { idleMsMax: 150, totalMsMax: 400 }));
    expect(error).toMatchObject({ transient: true, message: expect.stringContaining('0.4 s') });
  });

  it('end with their answer: no timer keeps the process alive behind it', async () => {
    const { url } = await serve(() => ({}));
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    for (let times = 0; times < 20; times += 1) await get(url);
    // Some room for timers that are not ours: the test runner has a few.
    expect(timers()).toBeLessThan(before + 10);
  });
});

describe('what is refused', () => {
  it('a body above the limit, plain or unzipped', async () => {
    const { url } = await serve(({ path }) =>
      path === '/zip'
        ? { headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(5000)) }
        : { body: 'x'.repeat(5000) },
    );
    for (const path of ['/plain', '/zip']) {
      const error = await failure(get(`${url}${path}`, { bodyBytesMax: 4999 }));
      expect(error).toMatchObject({ transient: false, message: expect.stringContaining('4999 bytes') });
      expect((await get(`${url}${path}`, { bodyBytesMax: 5000 })).body.length).toBe(5000);
    }
  });

  it.each([301, 302, 303, 307, 308])('a redirect (%i), which is named and not followed', async (status) => {
    const target = await serve(() => ({}));
    const { url } = await serve(() => ({ status, headers: { location: `${target.url}/secret-path?token=1` } }));
    const error = await failure(get(url));
    expect(error).toMatchObject({ status, transient: false });
    expect(error.message).toContain(target.url);
    expect(error.message).not.toContain('secret-path');
    expect(target.requests).toHaveLength(0);
  });

  it.each(['http://api.twilio.com/', 'http://127.0.0.1.evil.example/', 'http://10.0.0.1/', 'ftp://127.0.0.1/'])(
    'credentials without encryption: %s',
    async (url) => {
      await expect(get(url)).rejects.toBeInstanceOf(ConfigError);
    },
  );

  it('a certificate that nobody trusts, as a matter of configuration', async () => {
    const server = https.createServer(selfSigned(), (_, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, resolve));
    closers.push(() => server.close());
    const error = await get(`https://localhost:${(server.address() as AddressInfo).port}/`).catch((reason) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
  });
});

describe('abort', () => {
  it('ends a request under way, with the signal’s own reason', async () => {
    const url = await serveBytes(`${head}Content-Length: 100\r\n\r\n{`, 'wait');
    const controller = new AbortController();
    const reason = new Error('stopped');
    setTimeout(() => controller.abort(reason), 50);
    await expect(get(url, {}, controller.signal)).rejects.toBe(reason);
  });

  it('sends nothing once aborted', async () => {
    const server = await serve(() => ({}));
    await expect(get(server.url, {}, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(server.requests).toHaveLength(0);
  });
});
