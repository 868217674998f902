import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/adapters/clock.js';
import { Store } from '../../src/adapters/store.js';
import { exitCodeOf } from '../../src/commands/outcome.js';
import type { Config } from '../../src/config.js';
import type { PipelineEvent } from '../../src/domain/pipeline-event.js';
import type { Outside } from '../../src/pipeline/outside.js';
import { type PublishedMonth, publish } from '../../src/pipeline/publishing.js';
import { type PullInfo, pull } from '../../src/pipeline.js';
import type { SimulatorHandle } from './simulator.js';

// A run takes a second or two, and many times that on a machine that is busy: nothing here is a matter of time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** A folder of this test's own, gone when the test has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'subledger-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The same for all tests of a file: called while they are declared. */
export function suiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'subledger-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const dataFolderOf = (folder: string): string => join(folder, 'data');
export const outputFolderOf = (folder: string): string => join(folder, 'output');

type Place = Pick<SimulatorHandle, 'baseUrl' | 'accountSid' | 'authToken'>;

/** What the command line would make of the flags and the environment. `from` inclusive, `to` exclusive, UTC days. */
export function configFor(
  place: Place,
  folder: string,
  days: { readonly from: string; readonly to: string },
  changes: Partial<Config> = {},
): Config {
  return {
    credentials: { accountSid: place.accountSid, username: place.accountSid, password: place.authToken },
    credentialsFile: undefined,
    ownCredentials: [],
    region: undefined,
    edge: undefined,
    baseUrl: place.baseUrl,
    dataFolder: dataFolderOf(folder),
    outputFolder: outputFolderOf(folder),
    customersFile: undefined,
    customerMap: [],
    invoiceFile: undefined,
    invoice: [],
    ratesFile: undefined,
    rates: [],
    queriesFolder: undefined,
    journalAccountsFile: undefined,
    journalAccounts: [],
    tolerances: [],
    phoneNumbers: 'mask',
    concurrency: 20,
    accountConcurrency: 4,
    headRoomPercent: 10,
    lookBackDays: 7,
    undatedPages: 25,
    range: { start: `${days.from}T00:00:00Z`, end: `${days.to}T00:00:00Z` },
    accounts: [],
    ...changes,
  };
}

export interface PipelineRun {
  readonly pulled: PullInfo;
  readonly months: readonly PublishedMonth[];
  readonly exitCode: number;
  readonly events: readonly PipelineEvent[];
}

export interface PipelineOptions {
  /** The product's wall clock when the run begins; it goes on from there. The real one where absent. */
  readonly now?: string;
  /** How much of a wait between retries is really waited: none at all unless said. */
  readonly sleepShare?: number;
  readonly signal?: AbortSignal;
  /** How many times faster than ours the product's wall clock goes: 1 unless said. */
  readonly clockRate?: number;
  /** Hears each event as it comes. */
  readonly onEvent?: (event: PipelineEvent) => void;
}

/**
 * The nightly job inside this process: the real store, transport, database and files. Only the waits between retries are
 * cut short, and the wall clock is where the test wants it.
 */
export async function runPipeline(config: Config, options: PipelineOptions = {}): Promise<PipelineRun> {
  const events: PipelineEvent[] = [];
  const startedMs = systemClock.monotonicMs();
  const at = options.now === undefined ? systemClock.now().getTime() : Date.parse(options.now);
  let sleptMs = 0;
  const clock: Outside['clock'] = {
    now: () => new Date(at + (systemClock.monotonicMs() - startedMs) * (options.clockRate ?? 1) + sleptMs),
    monotonicMs: () => systemClock.monotonicMs() + sleptMs,
    sleep: async (ms, signal) => {
      sleptMs += ms;
      await systemClock.sleep(1 + ms * (options.sleepShare ?? 0), signal);
    },
    nextTurn: systemClock.nextTurn,
  };
  const signal = options.signal ?? new AbortController().signal;
  const onEvent = (event: PipelineEvent): void => {
    events.push(event);
    options.onEvent?.(event);
  };
  const outside: Outside = { clock, random: seededRandom(), signal, onEvent };
  const store = await Store.open(config.dataFolder, {
    command: 'run',
    at: clock.now().toISOString(),
    pid: process.pid,
  });
  try {
    const pulled = await pull(store, config, outside, 'run');
    const months = await publish(store, config, outside);
    return { pulled, months, exitCode: exitCodeOf(pulled, months), events };
  } finally {
    await store.close();
  }
}

/** The same jitter in every run of a test, spread over [0, 1). */
function seededRandom(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };
}

/** Reports once more from what the ledger holds: `subledger report`, inside this process. */
export async function republish(config: Config): Promise<readonly PublishedMonth[]> {
  const outside: Outside = {
    clock: systemClock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  };
  const store = await Store.open(config.dataFolder, { command: 'report', at: 'now', pid: process.pid });
  try {
    return await publish(store, config, outside);
  } finally {
    await store.close();
  }
}
