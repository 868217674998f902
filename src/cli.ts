#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigError, MonthNotReadyError, SubledgerError } from './domain/errors.js';
import { ExitCode } from './domain/exit-code.js';
import { version } from './domain/version.js';

type Register = (program: Command) => void;

/** Loaded by name: starting the simulator must not wait for DuckDB and the Twilio client to load. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./commands/run.js')).registerRun,
  extract: async () => (await import('./commands/extract.js')).registerExtract,
  reconcile: async () => (await import('./commands/reconcile.js')).registerReconcile,
  report: async () => (await import('./commands/report.js')).registerReport,
  close: async () => (await import('./commands/close.js')).registerClose,
  status: async () => (await import('./commands/status.js')).registerStatus,
  demo: async () => (await import('./commands/demo.js')).registerDemo,
  simulate: async () => (await import('./commands/simulate.js')).registerSimulate,
};

/** The front door: arguments and environment in, exit code out. */
async function main(): Promise<void> {
  // What is written holds customers' figures: for the owner only, whatever the shell's mask.
  process.umask(0o077);
  // A reader that closes early, as `head` does, is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || process.exitCode !== undefined) return;
      process.exitCode = error.code === 'ENOSPC' ? ExitCode.diskFull : ExitCode.unexpected;
      if (stream === process.stdout) process.stderr.write(`error: stdout cannot be written: ${error.message}\n`);
    });
  }
  // The usual end of a process waits for DuckDB's threads, and one of them may be waiting for this one.
  process.on('uncaughtException', (error) => {
    tell(error, false);
    process.kill(process.pid, 'SIGKILL');
  });
  const program = new Command('subledger')
    .description("The book behind your Twilio bill: what every subaccount's calls, messages and usage cost.")
    .version(version)
    .exitOverride()
    .showHelpAfterError('(add --help for the options and examples)')
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .addHelpText('after', exitCodes);
  const named = commands[process.argv[2] ?? ''];
  for (const load of named === undefined ? Object.values(commands) : [named]) (await load())(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    // The signal has set its own exit code; what was pulled until then is kept.
    if (error instanceof Error && error.name === 'AbortError' && process.exitCode !== undefined) {
      process.stderr.write('stopped by a signal: run again to go on\n');
    } else process.exitCode = tell(error, process.argv.includes('--json'));
  }
}

const exitCodes = `
Exit codes: 0 fine, 1 unexpected, 2 usage or configuration, 3 unexplained differences, 4 incomplete, 5 another run holds
the lock, 6 store damaged, 7 disk full, 75 Twilio unreachable or throttling: try again, 130/143 stopped by a signal.`;

/** Says what went wrong on stderr (and as JSON on stdout where --json asks for it); answers the exit code. */
function tell(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.fine : ExitCode.configuration;
  const known = error instanceof SubledgerError;
  const name = known ? error.name : 'UnexpectedError';
  const exitCode = known ? error.exitCode : ExitCode.unexpected;
  const problems =
    error instanceof ConfigError || error instanceof MonthNotReadyError
      ? error.problems
      : [error instanceof Error ? error.message : String(error)];
  if (json) process.stdout.write(`${JSON.stringify({ error: { name, problems, exit_code: exitCode } })}\n`);
  for (const problem of problems) process.stderr.write(`error: ${problem}\n`);
  if (!known && error instanceof Error)
    process.stderr.write(`${error.stack}\nThis is a bug in Subledger: please report it.\n`);
  return exitCode;
}

await main();
