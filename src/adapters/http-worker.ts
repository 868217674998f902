import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError, InvariantError, TwilioRequestError } from '../domain/errors.js';
import { createHttpTransport, type HttpTransportOptions } from './http-transport.js';

/** The thread that http-thread.ts starts: an HTTP transport, asked and answering by messages. */

export type ToWorker =
  | {
      readonly kind: 'get';
      readonly id: number;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'recycle'; readonly body: Uint8Array<ArrayBuffer> };

export interface FromWorker {
  readonly id: number;
  readonly outcome: Outcome;
}

/** Errors lose their class on the way between threads: what makes them is sent. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      /** Handed over, not copied: the thread has it no more, until it is recycled. */
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly status: number | undefined;
      readonly transient: boolean;
    }
  | { readonly kind: 'misconfigured'; readonly problems: readonly string[] }
  | { readonly kind: 'broken'; readonly error: unknown };

const port = parentPort;
if (port === null) throw new InvariantError('http-worker.js is started by http-thread.js only');
const transport = createHttpTransport(workerData as HttpTransportOptions);
const aborts = new Map<number, AbortController>();

port.on('message', (message: ToWorker) => {
  if (message.kind === 'get') void answer(message);
  else if (message.kind === 'abort') aborts.get(message.id)?.abort();
  else transport.recycle(message.body);
});

async function answer({ id, url, headers }: ToWorker & { kind: 'get' }): Promise<void> {
  const abort = new AbortController();
  aborts.set(id, abort);
  const outcome = await transport.get({ url, headers, signal: abort.signal }).then(
    ({ status, headers, body }): Outcome => ({
      kind: 'answer',
      status,
      headers,
      body: body as Uint8Array<ArrayBuffer>,
    }),
    (error: unknown) => describe(error),
  );
  aborts.delete(id);
  const handedOver = outcome.kind === 'answer' ? [outcome.body.buffer] : [];
  port?.postMessage({ id, outcome } satisfies FromWorker, handedOver);
}

function describe(error: unknown): Outcome {
  if (error instanceof TwilioRequestError) {
    return { kind: 'failed', message: error.message, status: error.status, transient: error.transient };
  }
  if (error instanceof ConfigError) return { kind: 'misconfigured', problems: error.problems };
  return { kind: 'broken', error };
}
