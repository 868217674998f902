import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_CANARY } from '../../src/simulator/names.js';
import { type CliResult, environmentFor, runCli } from '../support/cli.js';
import { haystacksOf, leaksOf } from '../support/leaks.js';
import { dataFolderOf, outputFolderOf, suiteFolder } from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorProcess, type Truth } from '../support/simulator.js';
import { listRecords } from '../support/simulator-records.js';

const world = { seed: 201, accounts: 6, records: 400, from: '2026-10-05', to: '2026-10-07' };

const folder = suiteFolder();
const keepFolder = suiteFolder();
let simulator: SimulatorHandle;
let truth: Truth;
let outside: string[];
let masked: CliResult;
let kept: CliResult;

function run(where: string, env: Record<string, string> = {}): Promise<CliResult> {
  const folders = ['--data-dir', dataFolderOf(where), '--output-dir', outputFolderOf(where)];
  const flags = ['run', '--from', world.from, '--to', world.to, '--json', ...folders];
  return runCli(flags, { env: { ...environmentFor(simulator), ...env } });
}

/** The full numbers of people outside: every party of a call or message that is a number and not the account's own. */
async function outsideNumbers(): Promise<string[]> {
  const own = new Set(truth.accounts.flatMap((account) => account.phone_numbers));
  const found = new Set<string>();
  for (const { account_sid } of truth.accounts) {
    const rows = [
      ...(await listRecords(simulator, account_sid, 'Calls', `StartTime%3E=${world.from}`)),
      ...(await listRecords(simulator, account_sid, 'Messages', `DateSent%3E=${world.from}`)),
    ];
    for (const party of rows.flatMap(({ from, to, forwarded_from }) => [from, to, forwarded_from])) {
      const number = /\+\d{8,}/.exec(String(party))?.[0];
      if (number !== undefined && !own.has(number)) found.add(number.slice(1));
    }
  }
  return [...found];
}

beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
  truth = await simulator.truth();
  outside = await outsideNumbers();
  // Twilio quotes what it refuses: a message of its own must not carry a secret into logs and reports either.
  const quoted = `Invalid: +${outside[0]} with ${simulator.authToken} for ${outside[1]}`;
  const action = { status: 400, body: { code: 21211, message: quoted, more_info: 'x', status: 400 } };
  const unlucky = truth.accounts.find((account) => account.account_sid !== simulator.accountSid)?.account_sid;
  await simulator.setFaults([
    { match: { path: `${unlucky}/Calls` }, action },
    { match: { path: 'Messages', nth: [2, 3] }, action: { status: 503, body: action.body } },
  ]);
  masked = await run(folder);
  await simulator.setFaults([]);
  kept = await run(keepFolder, { SUBLEDGER_PHONE_NUMBERS: 'keep' });
}, 120_000);
afterAll(() => simulator.stop());

const secretsOf = (): string[] => [
  BODY_CANARY,
  ...truth.accounts.map((account) => account.auth_token),
  simulator.apiSecret,
  `${simulator.accountSid}:${simulator.authToken}`,
];

const told = ({ stdout, stderr }: CliResult) => [
  { place: 'stdout', bytes: Buffer.from(stdout) },
  { place: 'stderr', bytes: Buffer.from(stderr) },
];

describe(`what must never be written, seed ${world.seed}`, () => {
  it('was all there to be leaked', async () => {
    expect([masked.code, kept.code]).toEqual([4, 0]);
    expect(outside.length).toBeGreaterThan(100);
    expect(masked.stdout).toContain('[number]');
    // The search finds what is kept: the accounts' own numbers stand in the landing and in the database.
    const own = truth.accounts.flatMap((account) => account.phone_numbers).map((number) => number.slice(1));
    const places = leaksOf(own, await haystacksOf(dataFolderOf(folder)));
    expect(places.some((place) => place.endsWith('-calls.parquet, decoded'))).toBe(true);
    expect(places.some((place) => place.endsWith('-messages.parquet, decoded'))).toBe(true);
    expect(places.some((place) => place.endsWith('.duckdb, decoded'))).toBe(true);
    const log = { place: 'a log', bytes: Buffer.from(Buffer.from(`user:${simulator.authToken}`).toString('base64')) };
    expect(leaksOf([simulator.authToken], [log])).toEqual(['secret 0 in a log']);
  });

  it('is in no file, log or output: bodies, tokens, credentials', async () => {
    const haystacks = [
      ...(await haystacksOf(dataFolderOf(folder), outputFolderOf(folder))),
      ...(await haystacksOf(dataFolderOf(keepFolder), outputFolderOf(keepFolder))),
      ...told(masked),
      ...told(kept),
    ];
    expect(haystacks.length).toBeGreaterThan(30);
    expect(leaksOf(secretsOf(), haystacks)).toEqual([]);
  });

  it('holds no full number of anybody outside', async () => {
    const haystacks = [...(await haystacksOf(dataFolderOf(folder), outputFolderOf(folder))), ...told(masked)];
    expect(leaksOf(outside, haystacks)).toEqual([]);
  });

  it('is kept in the landing where the setting says so, and nowhere else is a number told', async () => {
    const landing = await haystacksOf(dataFolderOf(keepFolder));
    const decoded = landing.filter(({ place }) => place.endsWith('.parquet, decoded'));
    expect(new Set(leaksOf(outside, decoded).map((leak) => leak.split(' in ')[0])).size).toBe(outside.length);
    const others = [...(await haystacksOf(outputFolderOf(keepFolder))), ...told(kept)];
    expect(leaksOf(outside, others)).toEqual([]);
  });
});
