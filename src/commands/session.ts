import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../adapters/clock.js';
import { readCustomerMap } from '../adapters/customer-file.js';
import { openLog } from '../adapters/logger.js';
import { random } from '../adapters/random.js';
import { readSettings } from '../adapters/settings-file.js';
import { Store } from '../adapters/store.js';
import { createTerminal } from '../adapters/terminal.js';
import { type Config, type ConfigSources, readConfig } from '../config.js';
import { ExitCode } from '../domain/exit-code.js';
import { instantOf } from '../domain/period.js';
import type { Outside } from '../pipeline.js';

export type Flags = ConfigSources['flags'];

/** Environment, configuration file and flags of this process → a Config. */
export async function configOf(
  flags: Flags,
  needsCredentials: boolean,
  environment: ConfigSources['env'] = process.env,
): Promise<Config> {
  const path = typeof flags.config === 'string' ? flags.config : undefined;
  const config = readConfig({
    flags,
    env: environment,
    file: await readSettings(path),
    now: instantOf(systemClock.now()),
    fileExists: existsSync,
    needsCredentials,
  });
  // Read before anything is asked or changed: a broken map must not cost a night's run.
  const customerMap = config.customersFile === undefined ? [] : await readCustomerMap(config.customersFile);
  return { ...config, customerMap };
}

/** How long a signal may take to end the run in order, before the process simply ends. */
const signalMsMax = 8_000;

/** Opens and locks the data folder, runs the work with progress, log and signals wired, and closes it all again. */
export async function withStore<Result>(
  command: string,
  config: Config,
  flags: Flags,
  work: (store: Store, outside: Outside) => Promise<Result>,
): Promise<Result> {
  const now = (): string => systemClock.now().toISOString();
  const store = await Store.open(config.dataFolder, { command, at: now(), pid: process.pid });
  const log = openLog(join(config.dataFolder, 'log', `${now().slice(0, 10)}.jsonl`));
  const terminal = createTerminal({
    stream: process.stderr,
    quiet: flags.quiet === true,
    monotonicMs: systemClock.monotonicMs,
  });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    process.exitCode = signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated;
    stop.abort();
    setTimeout(() => process.exit(), signalMsMax).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  log.info('command started', { command });
  try {
    const result = await work(store, {
      clock: systemClock,
      random,
      signal: stop.signal,
      onEvent: (event) => {
        terminal.onEvent(event);
        log.onEvent(event);
      },
    });
    log.info('command ended', { command });
    return result;
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error), { command });
    throw error;
  } finally {
    terminal.done();
    for (const signal of signals) process.off(signal, onSignal);
    log.close();
    await store.close();
  }
}

/** One result on stdout: as JSON, or as lines for people. */
export function print(flags: Flags, value: unknown, lines: readonly string[]): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(value, undefined, 2)}\n` : `${lines.join('\n')}\n`);
}
