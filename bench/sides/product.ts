import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryFolder, type SideResult } from '../child.js';
import type { Target } from '../simulator.js';
import { answer, readInput, used } from './usage.js';

/**
 * The product's side: what `subledger extract` does, with the load that the next command would begin with. Its modules come
 * from dist/, as they ship.
 */

interface Input {
  readonly target: Target;
  readonly flags: Readonly<Record<string, string>>;
  /** The simulator counts from when the tasks are planned: while the accounts are looked up there is nothing to ask for. */
  readonly countFromPlan?: boolean;
}

export interface ProductResult extends SideResult {
  /** Everything pulled and loaded: calls, messages, usage records, accounts. */
  readonly allRows: number;
  readonly pullSeconds: number;
  readonly loadSeconds: number;
  readonly landedMb: number;
  readonly requests: number;
}

type Session = typeof import('../../src/commands/session.js');
type Pipeline = typeof import('../../src/pipeline.js');

const shipped = async <Module>(path: string): Promise<Module> =>
  (await import(pathToFileURL(`${repositoryFolder}dist/${path}`).href)) as Module;

const { target, flags, countFromPlan = false } = readInput<Input>();
const { configOf, withStore } = await shipped<Session>('commands/session.js');
const { loadPending, pull } = await shipped<Pipeline>('pipeline.js');
const folder = await mkdtemp(join(tmpdir(), 'subledger-bench-'));
try {
  const config = await configOf(
    { ...flags, dataDir: join(folder, 'data'), outputDir: join(folder, 'output'), from: target.from, to: target.to },
    { credentials: true, customers: false },
    {
      SUBLEDGER_API_BASE_URL: target.baseUrl,
      TWILIO_ACCOUNT_SID: target.accountSid,
      TWILIO_AUTH_TOKEN: target.authToken,
    },
  );
  const result = await withStore('bench', config, { quiet: true }, async (store, outside): Promise<ProductResult> => {
    const startedMs = performance.now();
    const onEvent: typeof outside.onEvent = (event) => {
      outside.onEvent(event);
      if (countFromPlan && event.kind === 'tasks_planned') {
        void fetch(`${target.baseUrl}/_simulator/reset-stats`, { method: 'POST' });
      }
    };
    const pulled = await pull(store, config, { ...outside, onEvent }, 'bench');
    const pulledMs = performance.now();
    await loadPending(store, outside);
    const loadedMs = performance.now();
    if (pulled.extract.failures.length > 0) throw new Error('not everything could be pulled');
    const [[rows, cost] = []] = await store.ledger.texts('bench', 'select count(*), sum(cost) from calls');
    return {
      rows: Number(rows),
      cost: cost ?? '',
      seconds: (loadedMs - startedMs) / 1000,
      pullSeconds: (pulledMs - startedMs) / 1000,
      loadSeconds: (loadedMs - pulledMs) / 1000,
      allRows: pulled.land.rows,
      requests: pulled.extract.requests,
      landedMb: pulled.land.bytes / 2 ** 20,
      ...used(),
    };
  });
  answer(result);
} finally {
  await rm(folder, { recursive: true, force: true });
}
