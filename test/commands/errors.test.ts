import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, environmentFor, runCli, startCli } from '../support/cli.js';
import { configFor, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 211, accounts: 8, records: 500, from: '2026-09-28', to: '2026-10-04' };
const range = ['--from', world.from, '--to', world.to];

/** A folder as an operator's is: `data` and `output` of an earlier run, and files that the tests put beside them. */
const folder = suiteFolder();
const elsewhere = suiteFolder();
let simulator: SimulatorHandle;
let before: Record<string, string>;
let unreachable: Promise<CliResult>;

beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
  await writeFile(join(folder, 'file.txt'), 'a file, and no folder');
  await writeFile(join(folder, 'not.json'), 'TWILIO_AUTH_TOKEN=sesame-in-a-file');
  await writeFile(join(folder, 'unknown.json'), '{"TWILIO_REGION":"ie1","REGION":"x","SUBLEDGER_DATA_DIR":7}');
  await writeFile(join(folder, 'secret.json'), '{"TWILIO_AUTH_TOKEN":"sesame-in-a-file"}');
  await chmod(join(folder, 'secret.json'), 0o644);
  await writeFile(join(folder, 'customers-broken.csv'), brokenMap().join('\n'));
  await mkdir(join(folder, 'empty'));
  before = await hashesOf(folder);
  // Its waits between retries are real, so it is begun here and looked at last.
  const env = { ...environmentFor(simulator), SUBLEDGER_API_BASE_URL: `http://127.0.0.1:${await closedPort()}` };
  unreachable = run(['run', ...range, '--quiet'], env);
}, 120_000);
afterAll(() => simulator.stop());

const run = (args: readonly string[], env: Record<string, string> = environmentFor(simulator)): Promise<CliResult> =>
  runCli(args, { cwd: folder, env });

/** A port of this machine on which nobody listens. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
}

const account = `AC${'1'.repeat(32)}`;

function brokenMap(): string[] {
  return [
    'account_sid,customer_id,customer_name,valid_from,valid_to',
    `${account},one,One,2026-01-01,2026-09-01`,
    `${account},two,Two,2026-08-01,`,
    'AB12,three,Three,,',
    `AC${'2'.repeat(32)},,Nobody,,`,
    `AC${'3'.repeat(32)},four,Four,2026-02-30,`,
    `AC${'4'.repeat(32)},five`,
  ];
}

/** One message for each problem on stderr, nothing on stdout, nothing of how the program looks inside. */
function expectTold(result: CliResult, code: number, problems: readonly RegExp[]): void {
  const lines = result.stderr.trim().split('\n');
  expect({ code: result.code, stdout: result.stdout, count: lines.length }, result.stderr).toEqual({
    code,
    stdout: '',
    count: problems.length,
  });
  for (const [index, problem] of problems.entries()) expect(lines[index]).toMatch(problem);
  expect(result.stderr).not.toMatch(/\bat .+:\d+:\d+|please report|sesame/);
  expect(result.stderr).not.toContain(simulator.authToken);
}

/** Files that came, went or changed since the tests began. */
async function changedOnDisk(): Promise<string[]> {
  const now = await hashesOf(folder);
  return Object.keys({ ...before, ...now }).filter((file) => before[file] !== now[file]);
}

const hint = /^\(add --help for the options and examples\)$/;

const mistakes: readonly [string, readonly string[], readonly RegExp[]][] = [
  ['an unknown flag', ['run', '--nope'], [/^error: unknown option '--nope'$/, hint]],
  ['an unknown command', ['frobnicate'], [/^error: unknown command 'frobnicate'$/, hint]],
  ['a flag without its value', ['run', '--from'], [/^error: option '--from <day>' argument missing$/, hint]],
  ['no such day', ['run', '--from', '2026-02-30', '--to', '2026-03-02'], [/^error: --from 2026-02-30 is not a day/]],
  ['a day in words', ['run', '--from', 'yesterday', '--to', 'today'], [/--from yesterday is/, /--to today is/]],
  [
    'a reversed range',
    ['run', '--from', '2026-10-02', '--to', '2026-10-01'],
    [/--from 2026-10-02 must be before --to/],
  ],
  ['an empty range', ['run', '--from', '2026-10-01', '--to', '2026-10-01'], [/--from 2026-10-01 must be before --to/]],
  [
    'a range in the future',
    ['run', '--from', '2026-10-01', '--to', '2999-01-01'],
    [/--to 2999-01-01 lies in the future/],
  ],
  ['a month in the future', ['run', '--month', '2999-01'], [/--month 2999-01 has no day that is over/]],
  ['no such month', ['run', '--month', '2026-13'], [/--month 2026-13 is not a month/]],
  ['a month and days', ['run', '--month', '2026-09', ...range], [/--month goes without --from and --to/]],
  ['half a range', ['report', '--from', '2026-10-01'], [/--from and --to go together/]],
  [
    'no such report',
    ['report', 'customer_costs', ...range],
    [/There is no report customer_costs. Reports: account_cost, /],
  ],
  ['a map that does not exist', ['run', ...range, '--customers', 'nowhere.csv'], [/map nowhere.csv does not exist/]],
  ['a data folder that is a file', ['run', ...range, '--data-dir', 'file.txt', '--quiet'], [/file\.txt.*EEXIST/]],
  ['a configuration file that is missing', ['run', '--config', 'nowhere.json'], [/file nowhere.json does not exist/]],
  ['a configuration file that is no JSON', ['run', '--config', 'not.json'], [/^error: not.json is not JSON.$/]],
  ['a secret that others can read', ['run', '--config', 'secret.json'], [/secret.json holds a secret .* chmod 600/]],
  [
    'unknown settings in the configuration file',
    ['run', '--config', 'unknown.json'],
    [/unknown.json: REGION is no setting/, /unknown.json: SUBLEDGER_DATA_DIR must be a text/],
  ],
  ['status of a folder without a run', ['status', '--data-dir', 'empty'], [/empty holds no ledger yet/]],
  ['a report of a folder without a run', ['report', ...range, '--data-dir', 'empty'], [/empty holds no ledger yet/]],
  ['a closing of a folder without a run', ['close', '2026-09', '--data-dir', 'empty'], [/empty holds no ledger yet/]],
  ['a closing of no month', ['close', '2026-13'], [/^error: 2026-13 is not a month: YYYY-MM\.$/]],
  ['a closing for an empty reason', ['close', '2026-09', '--reason', ' '], [/--reason is empty: say why/]],
  [
    'a reopening without a reason',
    ['close', '--reopen', '2026-9'],
    [/2026-9 is not a month/, /--reopen needs --reason/],
  ],
];

describe('a mistake is one clear message, the right exit code, and nothing changed on disk', () => {
  it.each(mistakes)('%s', async (_, args, problems) => {
    const inStore = args.includes('file.txt') ? 6 : 2;
    expectTold(await run(args), inStore, problems);
    expect(await changedOnDisk()).toEqual([]);
  });

  it('everything that is wrong with flags and environment, at once', async () => {
    const env = {
      TWILIO_ACCOUNT_SID: 'AC12',
      TWILIO_API_KEY: 'sesame',
      SUBLEDGER_PHONE_NUMBERS: 'some',
      SUBLEDGER_API_BASE_URL: 'http://sesame:sesame@api.example.com',
    };
    const flags = ['--concurrency', '0', '--account-concurrency', 'x', '--look-back', '-1', '--account', 'AC1'];
    expectTold(await run(['run', '--from', '1.10.2026', '--to', '2026-10-02', ...flags], env), 2, [
      /TWILIO_ACCOUNT_SID is not an account SID/,
      /TWILIO_API_KEY is not a key SID/,
      /TWILIO_API_KEY is set, TWILIO_API_SECRET is not/,
      /SUBLEDGER_API_BASE_URL must be an https URL/,
      /SUBLEDGER_PHONE_NUMBERS must be mask or keep/,
      /--concurrency must be a whole number from 1 to 200/,
      /--account-concurrency must be a whole number/,
      /--look-back must be a whole number from 0/,
      /--from 1\.10\.2026 is not a day/,
      /--account AC1 is not an account SID/,
    ]);
    expectTold(await run(['run'], {}), 2, [/TWILIO_ACCOUNT_SID is not set/, /TWILIO_AUTH_TOKEN is not set/]);
    expect(await changedOnDisk()).toEqual([]);
  });

  it('everything that is wrong with customers.csv, with the line of each', async () => {
    const result = await run(['run', ...range, '--customers', 'customers-broken.csv']);
    expectTold(result, 2, [
      /customers-broken.csv: line 3: account AC1+ overlaps line 2/,
      /line 4: "AB12" is no account SID/,
      /line 5: customer_id is empty/,
      /line 6: valid_from "2026-02-30" is no day/,
      /line 7: has 2 fields, the header 5/,
    ]);
    expect(await changedOnDisk()).toEqual([]);
  });

  it('a wrong password', async () => {
    const env = { ...environmentFor(simulator), TWILIO_AUTH_TOKEN: 'sesame' };
    expectTold(await run(['run', ...range, '--quiet'], env), 2, [
      /401\/20003.*Check TWILIO_ACCOUNT_SID and TWILIO_AUTH/,
    ]);
    expect(await changedOnDisk()).toEqual([]);
  });

  it('an account that the main account does not have, found out once the list is read', async () => {
    const flags = ['--account', account, '--data-dir', elsewhere, '--quiet'];
    expectTold(await run(['run', ...range, ...flags]), 2, [
      new RegExp(`--account ${account} is none of the 9 accounts of the main account`),
    ]);
    expect(await changedOnDisk()).toEqual([]);
  });

  it('Twilio throttling for an hour', async () => {
    const action = { status: 429, headers: { 'Retry-After': '3600' }, body: 'busy' };
    await simulator.setFaults([{ match: { path: `Accounts/${simulator.accountSid}\\.json` }, action }]);
    expectTold(await run(['run', ...range, '--quiet']), 75, [/429.*Twilio asks to wait 3600 s/]);
    await simulator.setFaults([]);
    expect(await changedOnDisk()).toEqual([]);
  });
});

describe('a mistake with --json', () => {
  it('is JSON on stdout as well', async () => {
    const { code, stdout } = await run(['run', '--from', 'x', '--to', 'y', '--json'], {});
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        name: 'ConfigError',
        problems: [
          expect.stringContaining('TWILIO_ACCOUNT_SID is not set'),
          expect.stringContaining('TWILIO_AUTH_TOKEN is not set'),
          '--from x is not a day: YYYY-MM-DD.',
          '--to y is not a day: YYYY-MM-DD.',
        ],
        exit_code: 2,
      },
    });
    expect(await changedOnDisk()).toEqual([]);
  });
});

describe('Twilio that cannot be reached', () => {
  it('is 75, try again later, and nothing changed on disk', async () => {
    expectTold(await unreachable, 75, [/^error: .*found nobody listening at 127\.0\.0\.1:\d+\..*tried 8 times/]);
    expect(await changedOnDisk()).toEqual([]);
  }, 150_000);
});

describe('a reader that closes early', () => {
  it.each(['stdout', 'stderr'] as const)('of %s ends the command quietly', async (stream) => {
    // More than a pipe holds, so that the program is still writing when its reader goes.
    const { child, ended } = startCli(['report', 'completeness', '--month', '2026-09'], { cwd: folder });
    if (stream === 'stdout') child.stdout?.once('data', () => child.stdout?.destroy());
    else child.stderr?.destroy();
    const result = await ended;
    expect(result.code).toBe(0);
    expect(result.stderr).not.toMatch(/error|EPIPE/);
    if (stream === 'stdout') expect(result.stdout).toMatch(/^account_sid,friendly_name,day/);
  });
});

describe('help', () => {
  it.each(['run', 'extract', 'report', 'close', 'status', 'demo', 'simulate'])(
    'of %s shows examples',
    async (command) => {
      const { code, stdout, stderr } = await run([command, '--help'], {});
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`Examples:\\n +\\$ subledger ${command}`));
    },
  );
});
