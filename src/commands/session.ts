import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.js';
import { readCredentialsFile } from '../adapters/credentials-file.js';
import { readCustomerMap } from '../adapters/customer-file.js';
import { readInvoice } from '../adapters/invoice-file.js';
import { readJournalAccounts } from '../adapters/journal-accounts-file.js';
import { openLog } from '../adapters/logger.js';
import { random } from '../adapters/random.js';
import { readRates } from '../adapters/rates-file.js';
import { readSettings } from '../adapters/settings-file.js';
import { snapshotFile } from '../adapters/snapshot.js';
import { hasRuns, Store } from '../adapters/store.js';
import { createTerminal } from '../adapters/terminal.js';
import { type Config, type ConfigSources, readConfig } from '../config.js';
import { ConfigError, StorageError } from '../domain/errors.js';
import { ExitCode } from '../domain/exit-code.js';
import { instantOf } from '../domain/period.js';
import type { PipelineEvent } from '../domain/pipeline-event.js';
import type { Outside } from '../pipeline/outside.js';
import { openReader, type Reader } from '../pipeline/reader.js';

export type Flags = ConfigSources['flags'];

/** Environment, configuration file and flags of this process → a Config. */
export async function configOf(
  flags: Flags,
  needs: { readonly credentials: boolean; readonly customers: boolean },
  environment: ConfigSources['env'] = process.env,
): Promise<Config> {
  const path = typeof flags.config === 'string' ? flags.config : undefined;
  const config = readConfig({
    flags,
    env: environment,
    file: await readSettings(path),
    now: instantOf(systemClock.now()),
    fileExists: existsSync,
    needsCredentials: needs.credentials,
  });
  // Read before anything is asked or changed: a broken map must not cost a night's run.
  const read = async <Row>(path: string | undefined, reader: (path: string) => Promise<readonly Row[]>) =>
    needs.customers && path !== undefined ? reader(path) : [];
  const customerMap = await read(config.customersFile, readCustomerMap);
  const invoice = await read(config.invoiceFile, readInvoice);
  const rates = await read(config.ratesFile, readRates);
  const journalAccounts = await read(config.journalAccountsFile, readJournalAccounts);
  const { credentialsFile } = config;
  const ownCredentials = credentialsFile === undefined ? [] : await readCredentialsFile(credentialsFile);
  return { ...config, customerMap, invoice, journalAccounts, rates, ownCredentials };
}

/** Commands that only read want a folder that a run has begun to fill: they must not make one. @throws ConfigError */
export async function requireRuns({ dataFolder }: Config): Promise<void> {
  if (await hasRuns(dataFolder)) return;
  throw new ConfigError([`${dataFolder} holds no ledger yet: run "subledger run" first, or set SUBLEDGER_DATA_DIR.`]);
}

/** How long a signal may take to end the run in order, before the process simply ends. */
const signalMsMax = 8_000;

/** Runs work with progress on stderr and signals wired, and nothing on disk. */
export async function withOutside<Result>(flags: Flags, work: (outside: Outside) => Promise<Result>): Promise<Result> {
  const terminal = await createTerminal({
    stream: process.stderr,
    quiet: flags.quiet === true,
    monotonicMs: systemClock.monotonicMs,
  });
  const { signal, release } = listenForSignals();
  try {
    return await work({ clock: systemClock, random, signal, onEvent: terminal.onEvent });
  } finally {
    terminal.done();
    release();
  }
}

/**
 * Opens and locks the data folder, runs the work with progress, log and signals wired, and closes it all again. `before`
 * runs first, while nothing on disk has been touched.
 */
export function withStore<Result>(
  command: string,
  config: Config,
  flags: Flags,
  work: (store: Store, outside: Outside) => Promise<Result>,
  before: (outside: Outside) => Promise<void> = async () => undefined,
): Promise<Result> {
  const now = (): string => systemClock.now().toISOString();
  return withOutside(flags, async (outside) => {
    await before(outside);
    const store = await Store.open(config.dataFolder, { command, at: now(), pid: process.pid });
    const log = openLog(join(config.dataFolder, 'log', `${now().slice(0, 10)}.jsonl`));
    const onEvent = (event: PipelineEvent): void => {
      outside.onEvent(event);
      log.onEvent(event);
    };
    log.info('command started', { command });
    try {
      return await work(store, { ...outside, onEvent });
    } catch (error) {
      log.error(error instanceof Error ? error.message : String(error), { command });
      throw error;
    } finally {
      log.info('command ended', { command });
      log.close();
      await store.close();
    }
  });
}

/** Opens what there is to read, beside a run if need be: nothing is locked but for loading what is landed and not loaded yet. */
export function withReader<Result>(
  command: string,
  config: Config,
  flags: Flags,
  work: (reader: Reader, outside: Outside) => Promise<Result>,
): Promise<Result> {
  return withOutside(flags, async (outside) => {
    const holder = { command, at: systemClock.now().toISOString(), pid: process.pid };
    const reader = await openReader(config, outside, holder);
    if (reader.behind !== undefined) note(reader.behind);
    try {
      return await work(reader, outside);
    } catch (error) {
      throw error instanceof StorageError && /corrupt|checksum/i.test(error.message) ? damaged(config, error) : error;
    } finally {
      await reader.close();
    }
  });
}

/** Also with --quiet: who does not know it takes old figures for new ones, or a part for the whole. */
export function note(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}

/** Blocks of the snapshot are held against their checksums when they are read, and not before. */
const damaged = ({ dataFolder }: Config, cause: StorageError): StorageError =>
  new StorageError(
    `${join(dataFolder, snapshotFile)} is damaged (${cause.message.split('\n')[0]}). Delete it: whoever reads next takes it anew.`,
    { cause },
  );

/** A signal sets its exit code and asks the run to end in order; where that takes too long, the process simply ends. */
function listenForSignals(): { signal: AbortSignal; release: () => void } {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    process.exitCode = signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated;
    stop.abort();
    setTimeout(() => {
      // Not process.exit: it waits for DuckDB's threads, and one of them may be waiting for this one.
      release();
      process.kill(process.pid, signal);
    }, signalMsMax).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { signal: stop.signal, release };
}

/** One result on stdout: as JSON, or as lines for people. */
export function print(flags: Flags, value: unknown, lines: readonly string[]): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(value, undefined, 2)}\n` : `${lines.join('\n')}\n`);
}
