import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SimulatorHandle } from './simulator.js';

/** The built program, as somebody who installed it runs it. `npm test` builds it first. */
export const cliPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface CliResult {
  /** Null where a signal ended it that it could not catch. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** The whole environment but for PATH and HOME: nothing of the shell that runs the tests comes along. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface StartedCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

/** What a command needs to reach the simulator with the main account's credentials. */
export const environmentFor = (
  place: Pick<SimulatorHandle, 'baseUrl' | 'accountSid' | 'authToken'>,
): Record<string, string> => ({
  SUBLEDGER_API_BASE_URL: place.baseUrl,
  TWILIO_ACCOUNT_SID: place.accountSid,
  TWILIO_AUTH_TOKEN: place.authToken,
});

export function startCli(args: readonly string[], options: CliOptions = {}): StartedCli {
  if (!existsSync(cliPath)) throw new Error('the program is not built: npm run build');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [cliPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export const runCli = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  startCli(args, options).ended;
