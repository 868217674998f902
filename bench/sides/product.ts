import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SideResult } from '../child.js';
import type { Target } from '../simulator.js';
import { shipped } from './books.js';
import { answer, readInput, used } from './usage.js';

/**
 * The product's side: what `subledger extract` does, with the load that the next command would begin with; or `subledger run`. Its
 * modules come from dist/, as they ship.
 */

interface Input {
  readonly target: Target;
  readonly flags: Readonly<Record<string, string>>;
  /** The simulator counts from when the tasks are planned: while the accounts are looked up there is nothing to ask for. */
  readonly countFromPlan?: boolean;
  /** A whole night, reports included. */
  readonly publishes?: boolean;
  /** Where the data is kept for the next night; otherwise it goes with the process. */
  readonly keptIn?: string;
  /** Whether the ledger's groups are answered, to be held against the truth. */
  readonly groups?: boolean;
}

export interface ProductResult extends SideResult {
  /** Everything pulled and loaded: calls, messages, usage records, accounts. */
  readonly allRows: number;
  /** From the start of the process to the first request: `cpuSeconds` begins there, as each side's does. */
  readonly startCpuSeconds: number;
  readonly pullSeconds: number;
  readonly loadSeconds: number;
  readonly landedMb: number;
  readonly requests: number;
  /** Pages of calls of the account that has the most of them: a list that is divided has more than it would need. */
  readonly largestListPages: number;
  /** Open at the same time, at most, as seen every tenth of a second; 0 where the system does not tell. */
  readonly openFiles: number;
  /** Records that the ledger holds more than once. */
  readonly doubled: number;
  /** By account, day, service and currency: count and cost. */
  readonly groups: readonly (readonly (string | null)[])[];
}

type Session = typeof import('../../src/commands/session.js');
type Pipeline = typeof import('../../src/pipeline.js');
type Loading = typeof import('../../src/pipeline/loading.js');
type Publishing = typeof import('../../src/pipeline/publishing.js');

const { target, flags, countFromPlan = false, publishes = false, keptIn, groups = false } = readInput<Input>();
const { configOf, withStore } = await shipped<Session>('commands/session.js');
const { pull } = await shipped<Pipeline>('pipeline.js');
const { bringUpToDate } = await shipped<Loading>('pipeline/loading.js');
const { publish } = await shipped<Publishing>('pipeline/publishing.js');
const folder = keptIn ?? (await mkdtemp(join(tmpdir(), 'subledger-bench-')));
let openFiles = 0;
const watch = setInterval(() => {
  openFiles = Math.max(openFiles, openFilesNow());
}, 100);

function openFilesNow(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

const doubledSql = `select count(*) from (
  select sid from calls group by sid having count(*) > 1 union all select sid from messages group by sid having count(*) > 1)`;
const largestListSql =
  "select max(pages) from (select sum(pages) as pages from tasks where resource = 'calls' group by account_sid)";
const groupsSql = 'select account_sid, cast(day as varchar), service, currency, record_count, cost from charge_days';

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
    const startCpuSeconds = used().cpuSeconds;
    const onEvent: typeof outside.onEvent = (event) => {
      outside.onEvent(event);
      if (countFromPlan && event.kind === 'tasks_planned') {
        void fetch(`${target.baseUrl}/_simulator/reset-stats`, { method: 'POST' });
      }
    };
    const pulled = await pull(store, config, { ...outside, onEvent }, 'bench');
    if (publishes) await publish(store, config, outside);
    const pulledMs = performance.now();
    await bringUpToDate(store, outside);
    const loadedMs = performance.now();
    // Before the ledger is asked what it holds, which is the bench's work.
    const { cpuSeconds, peakMb } = used();
    if (pulled.extract.failures.length > 0) throw new Error('not everything could be pulled');
    const [[doubled] = []] = await store.ledger.texts('bench', doubledSql);
    const [[largestListPages] = []] = await store.ledger.texts('bench', largestListSql);
    const [[rows, cost] = []] = await store.ledger.texts(
      'bench',
      "select count(*), sum(cost) from charges where service = 'calls'",
    );
    return {
      rows: Number(rows),
      cost: cost ?? '',
      seconds: (loadedMs - startedMs) / 1000,
      pullSeconds: (pulledMs - startedMs) / 1000,
      loadSeconds: (loadedMs - pulledMs) / 1000,
      allRows: pulled.land.rows,
      requests: pulled.extract.requests,
      largestListPages: Number(largestListPages),
      landedMb: pulled.land.bytes / 2 ** 20,
      openFiles,
      doubled: Number(doubled),
      groups: groups ? await store.ledger.texts('bench', groupsSql) : [],
      cpuSeconds: cpuSeconds - startCpuSeconds,
      startCpuSeconds,
      peakMb,
    };
  });
  answer(result);
} finally {
  clearInterval(watch);
  if (keptIn === undefined) await rm(folder, { recursive: true, force: true });
}
