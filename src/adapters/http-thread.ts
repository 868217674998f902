import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { ConfigError, InvariantError, TwilioRequestError } from '../domain/errors.js';
import type { HttpRequest, HttpResponse, HttpTransport, HttpTransportOptions } from './http-transport.js';
import type { FromWorker, Outcome, ToWorker } from './http-worker.js';

/** Megabytes of young objects in the thread: little, so that what a received chunk leaves behind is freed soon. */
const youngMbMax = 4;

/**
 * By how many percent V8's heap may grow before the whole of it is collected. Bodies that are handed over count as growth until they are
 * handed back: at V8's own choice, the twenty megabytes that are always there were marked up to thirty times for a million records. More
 * than this saves nothing, and costs memory where the heap is large, as with thousands of accounts.
 */
const heapGrowingPercent = 150;

/**
 * The transport of http-transport.ts in a thread of its own: sockets, TLS and gzip run beside the parsing, and their short-lived
 * chunks are collected in a heap that holds nothing else. Bodies are handed over and back, never copied between the two.
 * Same answers, same errors.
 */
export function createHttpThread(options: HttpTransportOptions): HttpTransport {
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  // As built: tests run this file from src/, and a thread takes JavaScript only.
  const worker = new Worker(new URL('../../dist/adapters/http-worker.js', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: youngMbMax },
  });
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let lastId = 0;
  const post = (message: ToWorker): void => worker.postMessage(message);
  const settle = (id: number): ((outcome: Outcome) => void) | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    // The process waits for answers, not for the thread.
    if (waiting.size === 0) worker.unref();
    return found;
  };
  worker.unref();
  worker.on('message', ({ id, outcome }: FromWorker) => settle(id)?.(outcome));
  let broken: InvariantError | undefined;
  const ended = (why: string): void => {
    broken ??= new InvariantError(`the HTTP thread ended: ${why}`);
    for (const id of [...waiting.keys()]) settle(id)?.({ kind: 'broken', error: broken });
  };
  worker.on('error', (error) => ended(error.message));
  worker.on('exit', (code) => ended(`exit ${code}`));
  return {
    async get({ url, headers, signal }: HttpRequest) {
      signal?.throwIfAborted();
      if (broken !== undefined) throw broken;
      lastId += 1;
      const id = lastId;
      const abort = (): void => post({ kind: 'abort', id });
      signal?.addEventListener('abort', abort);
      const outcome = await new Promise<Outcome>((settled) => {
        waiting.set(id, settled);
        worker.ref();
        post({ kind: 'get', id, url, headers });
      });
      signal?.removeEventListener('abort', abort);
      if (outcome.kind === 'answer') return responseOf(outcome);
      throw signal?.aborted ? signal.reason : errorOf(outcome);
    },
    recycle(body) {
      const message: ToWorker = { kind: 'recycle', body: body as Uint8Array<ArrayBuffer> };
      worker.postMessage(message, [message.body.buffer]);
    },
    close: () => void worker.terminate(),
  };
}

const responseOf = ({ status, headers, body }: Outcome & { kind: 'answer' }): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body.buffer, body.byteOffset, body.length),
});

function errorOf(outcome: Exclude<Outcome, { kind: 'answer' }>): unknown {
  if (outcome.kind === 'failed') return new TwilioRequestError(outcome.message, outcome);
  if (outcome.kind === 'misconfigured') return new ConfigError(outcome.problems);
  return outcome.error;
}
