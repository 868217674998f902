import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { createHttpThread } from '../../src/adapters/http-thread.js';
import { startScriptedServer } from '../support/scripted-server.js';

const body = 'x'.repeat(300_000);
const server = await startScriptedServer((request, response) => {
  if (request.path === '/gzip') return { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(body) };
  if (request.path === '/cut') {
    response.writeHead(200, { 'Content-Length': body.length });
    response.write(body.slice(0, 1000), () => response.destroy());
    return undefined;
  }
  if (request.path === '/slow') return { body, delayMs: 2000 };
  return { body: `${request.path} ${request.headers.authorization}` };
});
const thread = createHttpThread({ concurrency: 4, bodyBytesMax: 1_000_000 });
const get = (path: string, signal?: AbortSignal) =>
  thread.get({ url: `${server.url}${path}`, headers: { Authorization: 'Basic eA==' }, signal });

afterAll(async () => {
  thread.close();
  await server.close();
});

it('hands over status, headers and body, and takes bodies back, many at a time', async () => {
  for (let round = 0; round < 20; round += 1) {
    const paths = Array.from({ length: 8 }, (_, index) => `/page-${round}-${index}`);
    const answers = await Promise.all(paths.map((path) => get(path)));
    expect(answers.map((answer) => answer.body.toString())).toEqual(paths.map((path) => `${path} Basic eA==`));
    expect(answers[0]).toMatchObject({ status: 200, headers: { 'content-type': expect.any(String) } });
    for (const answer of answers) {
      thread.recycle(answer.body);
      // A body that was given back is gone for good: nobody reads another page by mistake.
      expect(answer.body).toHaveLength(0);
    }
  }
});

it('decodes gzip', async () => {
  expect((await get('/gzip')).body.toString()).toBe(body);
});

it('tells transient failures from settings that are wrong, as the transport does', async () => {
  await expect(get('/cut')).rejects.toMatchObject({ name: 'TwilioRequestError', transient: true });
  await expect(thread.get({ url: 'http://127.0.0.1:1/', headers: {} })).rejects.toMatchObject({
    name: 'TwilioRequestError',
    transient: true,
    message: expect.stringContaining('nobody listening'),
  });
  await expect(thread.get({ url: 'http://example.org/', headers: {} })).rejects.toMatchObject({ name: 'ConfigError' });
});

it('stops when it is told to, with the reason that was given', async () => {
  const abort = new AbortController();
  const stopped = get('/slow', abort.signal);
  abort.abort(new Error('told to stop'));
  await expect(stopped).rejects.toThrow('told to stop');
  await expect(get('/page', abort.signal)).rejects.toThrow('told to stop');
  expect((await get('/page')).status).toBe(200);
});

it('that was ended answers with an error instead of never', async () => {
  const other = createHttpThread({ concurrency: 1 });
  const asked = other.get({ url: `${server.url}/slow`, headers: {} });
  other.close();
  await expect(asked).rejects.toThrow('the HTTP thread ended');
  await expect(other.get({ url: server.url, headers: {} })).rejects.toThrow('the HTTP thread ended');
});
