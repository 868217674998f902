import { parseArgs } from 'node:util';

/** What the flags may set. A bench has its own default for whatever is undefined here. */
export interface BenchOptions {
  readonly records?: number | undefined;
  readonly accounts?: number | undefined;
  /** How often each side runs: A B A B … */
  readonly pairs?: number | undefined;
  /** Rows per page that the SDK loop asks for; 0 leaves it to the client's default, which is Twilio's: 50. */
  readonly pageSize?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly accountConcurrency?: number | undefined;
  readonly headRoom?: number | undefined;
  /** Nights whose tasks cover the month, each with its look-back. */
  readonly nights?: number | undefined;
  readonly seed?: number | undefined;
}

const flags = {
  records: { type: 'string' },
  accounts: { type: 'string' },
  pairs: { type: 'string' },
  'page-size': { type: 'string' },
  concurrency: { type: 'string' },
  'account-concurrency': { type: 'string' },
  'head-room': { type: 'string' },
  nights: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export const usage = `npm run bench -- [NAME…] [flags]

  --records N              records of the simulated world
  --accounts N             its subaccounts
  --pairs N                how often each side is measured
  --page-size N            rows per page of the SDK loop (0: as the client does by itself, which Twilio answers with 50)
  --concurrency N          requests in flight of the product (20)
  --account-concurrency N  requests in flight of the product for one account (all of them)
  --head-room N            percent of the ceiling that the product leaves to others (10)
  --nights N               nights that read the month, each with its look-back (30)
  --seed N                 seed of the world (1)
`;

export interface Arguments {
  readonly names: readonly string[];
  readonly help: boolean;
  readonly options: BenchOptions;
}

/** @throws TypeError or RangeError that names the flag which is wrong */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  const options = {
    records: wholeNumber('records', values.records),
    accounts: wholeNumber('accounts', values.accounts),
    pairs: wholeNumber('pairs', values.pairs),
    pageSize: wholeNumber('page-size', values['page-size']),
    concurrency: wholeNumber('concurrency', values.concurrency),
    accountConcurrency: wholeNumber('account-concurrency', values['account-concurrency']),
    headRoom: wholeNumber('head-room', values['head-room']),
    nights: wholeNumber('nights', values.nights),
    seed: wholeNumber('seed', values.seed),
  };
  return { names: positionals, help: values.help === true, options };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return Number(text);
}
