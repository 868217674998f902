import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../adapters/clock.js';
import { ConfigError } from '../domain/errors.js';
import { type Cause, FIRST_CAUSES } from '../simulator/causes.js';
import { DEFAULT_OPTIONS, PROFILES, type Profile, type SimulatorOptions } from '../simulator/options.js';
import type { OtherTraffic } from '../simulator/room.js';
import { startSimulator } from '../simulator/server.js';

interface SimulateFlags {
  port: number;
  seed: number;
  accounts: number;
  records: number;
  from: string;
  to: string;
  now?: string;
  latencyMs: number;
  concurrencyLimit: number;
  otherTraffic?: OtherTraffic;
  retryAfter?: number;
  upperBound: 'exclusive' | 'inclusive';
  pageRowsMax: number;
  listsParent: boolean;
  profile: Profile[];
  discrepancies: Cause[];
}

const EXAMPLES = `
It prints one line of JSON with its address and credentials, and runs until it is stopped.

Examples:
  $ subledger simulate
  $ subledger simulate --seed 7 --accounts 200 --records 1000000 --latency-ms 80
  $ subledger simulate --profile plain,calls-only,one-account --records 5000000
  $ subledger simulate --now 2026-09-15T12:00:00Z --concurrency-limit 5 --retry-after 1
  $ subledger simulate --concurrency-limit 10 --other-traffic 2,6:5000
  $ subledger simulate --discrepancies unpriced_rows,deleted_at_twilio
`;

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}

function otherTraffic(text: string): OtherTraffic {
  const [, levels, eachMs] = /^(\d{1,9}(?:,\d{1,9})*):(\d{1,9})$/.exec(text) ?? [];
  if (levels === undefined) throw new InvalidArgumentError('must be levels and milliseconds such as 2,6:5000.');
  return { levels: levels.split(',').map(Number), eachMs: Number(eachMs) };
}

function profileList(text: string): Profile[] {
  const names = text.split(',');
  const known = names.filter((name): name is Profile => PROFILES.some((profile) => profile === name));
  if (known.length < names.length) throw new InvalidArgumentError(`must be of ${PROFILES.join(', ')}.`);
  return known;
}

function causeList(text: string): Cause[] {
  if (text === 'all') return [...FIRST_CAUSES];
  const names = text.split(',');
  const known = names.filter((name): name is Cause => FIRST_CAUSES.some((cause) => cause === name));
  if (known.length < names.length) throw new InvalidArgumentError(`must be all, or of ${FIRST_CAUSES.join(', ')}.`);
  return known;
}

function optionsOf(flags: SimulateFlags): SimulatorOptions {
  const { retryAfter, profile, ...rest } = flags;
  return {
    ...rest,
    now: flags.now,
    otherTraffic: flags.otherTraffic,
    retryAfterSeconds: retryAfter,
    profiles: profile,
  };
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

/** Adds `subledger simulate`: a Twilio on loopback for the demo, the tests and the benches. */
export function registerSimulate(program: Command): void {
  const defaults = DEFAULT_OPTIONS;
  program
    .command('simulate')
    .description('Run a Twilio on loopback, with accounts, calls, messages and usage made from a seed.')
    .option('--port <n>', 'port to listen on; 0 takes a free one', wholeNumber, defaults.port)
    .option('--seed <n>', 'seed of the world', wholeNumber, defaults.seed)
    .option('--accounts <n>', 'subaccounts besides the parent', wholeNumber, defaults.accounts)
    .option('--records <n>', 'calls and messages in total', wholeNumber, defaults.records)
    .option('--from <YYYY-MM-DD>', 'first day of traffic, UTC', defaults.from)
    .option('--to <YYYY-MM-DD>', 'day after the last day of traffic, UTC', defaults.to)
    .option('--now <instant>', 'simulated clock, ISO; by default ten days after --to')
    .option('--latency-ms <n>', 'time each answer takes', wholeNumber, defaults.latencyMs)
    .option('--concurrency-limit <n>', 'more in flight are answered 429; 0 = no limit', wholeNumber, 100)
    .option('--other-traffic <list>', 'requests of others in flight, in turn, and for how many ms each', otherTraffic)
    .option('--retry-after <seconds>', 'Retry-After of those answers; by default none', wholeNumber)
    .addOption(
      new Option('--upper-bound <kind>', 'whether a row on the bound of a "<" filter is out or in')
        .choices(['exclusive', 'inclusive'])
        .default(defaults.upperBound),
    )
    .option('--page-rows-max <n>', 'rows of a page at most, whatever is asked for', wholeNumber, defaults.pageRowsMax)
    .option('--no-lists-parent', 'leave the parent out of the list of accounts')
    .addOption(
      new Option('--profile <list>', `kinds of world, of ${PROFILES.join(', ')}`)
        .argParser(profileList)
        .default([...defaults.profiles], defaults.profiles.join()),
    )
    .addOption(
      new Option('--discrepancies <causes>', 'make usage and lists differ from the start: all, or some causes')
        .argParser(causeList)
        .default([...defaults.discrepancies], 'none'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SimulateFlags) => {
      const stop = stopped();
      const simulator = await startSimulator(optionsOf(flags), systemClock.monotonicMs).catch(
        (error: NodeJS.ErrnoException) => {
          const isWrongPort = error.code === 'EADDRINUSE' || error.code === 'EACCES';
          throw error instanceof RangeError || isWrongPort ? new ConfigError([error.message]) : error;
        },
      );
      const { accountSid, authToken, apiKey, apiSecret } = simulator.credentials;
      const ready = {
        base_url: simulator.baseUrl,
        account_sid: accountSid,
        auth_token: authToken,
        api_key: apiKey,
        api_secret: apiSecret,
      };
      process.stdout.write(`${JSON.stringify(ready)}\n`);
      await stop;
      await simulator.close();
    });
}
