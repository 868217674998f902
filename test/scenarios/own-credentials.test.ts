import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor, runCli } from '../support/cli.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { haystacksOf, leaksOf } from '../support/leaks.js';
import { dataFolderOf, outputFolderOf, temporaryFolder } from '../support/pipeline-run.js';
import { filesBelow, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess, type TruthAccount } from '../support/simulator.js';

/** Plain: every account is active, since a suspended one may not use its own credentials. */
const world = {
  ...{ seed: 191, accounts: 7, records: 900, from: '2026-10-05', to: '2026-10-08' },
  profiles: ['plain' as const],
};

let simulator: SimulatorHandle;
let accounts: TruthAccount[];
beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
  accounts = (await simulator.truth()).accounts;
});
afterAll(() => simulator.stop());

const subaccounts = (): TruthAccount[] => accounts.filter((one) => one.account_sid !== simulator.accountSid);

async function fileOf(folder: string, own: readonly TruthAccount[], lines: readonly string[] = []): Promise<string> {
  const path = join(folder, 'own.csv');
  const rows = own.map((one) => `${one.account_sid},${one.account_sid},${one.auth_token}`);
  await writeFile(path, `${['account_sid,username,password', ...rows, ...lines].join('\n')}\n`, { mode: 0o600 });
  return path;
}

/** Nothing but the name of the main account. */
const namedOnly = (): Record<string, string> => {
  const { SUBLEDGER_API_BASE_URL = '', TWILIO_ACCOUNT_SID = '' } = environmentFor(simulator);
  return { SUBLEDGER_API_BASE_URL, TWILIO_ACCOUNT_SID };
};

function run(folder: string, env: Record<string, string>, flags: readonly string[] = []) {
  const folders = ['--data-dir', dataFolderOf(folder), '--output-dir', outputFolderOf(folder)];
  return runCli(['run', '--from', world.from, '--to', world.to, ...folders, ...flags], { env, cwd: folder });
}

const expectation = async () => ({ ...(await truthNow(simulator, world)), month: '2026-10' });
const monthOf = (folder: string): string => join(outputFolderOf(folder), '2026-10');

async function requestsByStatus(): Promise<Record<string, number>> {
  return (await simulator.stats()).by_status;
}

describe('accounts with credentials of their own', () => {
  it('are pulled without the main account’s, each by itself, and no secret is kept or told', async () => {
    const folder = await temporaryFolder();
    const own = subaccounts().slice(0, 4);
    const path = await fileOf(folder, own);
    await simulator.resetStats();
    const result = await run(folder, { ...namedOnly(), SUBLEDGER_CREDENTIALS: path });
    expect(result.code, result.stderr).toBe(0);
    const { log = [] } = await simulator.stats(true);
    // The simulator lets a subaccount's credentials see that account alone: an answer proves whose were sent.
    expect(Object.keys(await requestsByStatus())).toEqual(['200']);
    const asked = new Set(log.map(({ url }) => (url.split('/')[3] ?? '').replace('.json', '')));
    expect([...asked].sort()).toEqual(own.map((one) => one.account_sid).sort());
    const except = accounts.filter((one) => !own.includes(one)).map((one) => one.account_sid);
    await expectMonthIsTruth(monthOf(folder), await expectation(), { except });
    const completeness = await readRows(join(monthOf(folder), 'completeness.csv'));
    expect(new Set(completeness.map((row) => row.account_sid))).toEqual(asked);

    const secrets = own.map((one) => one.auth_token);
    const told = [{ place: 'stdout and stderr', bytes: Buffer.from(result.stdout + result.stderr) }];
    const kept = await haystacksOf(dataFolderOf(folder), outputFolderOf(folder));
    expect(leaksOf(secrets, [...told, ...kept])).toEqual([]);
    expect(leaksOf(secrets, await haystacksOf(folder))).not.toEqual([]);
  });

  it('make up for a main API key, which subaccounts refuse: everything is the truth', async () => {
    const folder = await temporaryFolder();
    const path = await fileOf(folder, subaccounts());
    const keys = { TWILIO_API_KEY: simulator.apiKey, TWILIO_API_SECRET: simulator.apiSecret };
    const { code, stderr } = await run(folder, { ...namedOnly(), ...keys }, ['--credentials', path, '--quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expectMonthIsTruth(monthOf(folder), await expectation());
  });

  it.each([
    ['without main credentials', namedOnly],
    ['beside main credentials', () => environmentFor(simulator)],
  ])('%s: a wrong one is refused, with its line; the others are pulled', async (_, environment) => {
    const folder = await temporaryFolder();
    const [wrong, ...own] = subaccounts();
    const sid = wrong?.account_sid ?? '';
    const path = await fileOf(folder, own, [`${sid},${sid},sesame`]);
    const { code, stdout, stderr } = await run(folder, environment(), ['--credentials', path]);
    expect(code).toBe(4);
    const line = own.length + 2;
    expect(stdout).toMatch(
      new RegExp(`refused: calls of ${sid}: Twilio answered 401/20003 .*Check .*own.csv, line ${line}:`),
    );
    expect(stdout + stderr).not.toContain('sesame');
    const except = environment === namedOnly ? [sid, simulator.accountSid] : [sid];
    await expectMonthIsTruth(monthOf(folder), await expectation(), { except });
    const findings = await readRows(join(monthOf(folder), 'findings.csv'));
    const missing = findings.filter((row) => row.check === 'incomplete_windows' && row.subject === sid);
    expect(missing.map((row) => row.detail?.split(',')[0])).toEqual(
      ['calls', 'messages', 'usage_records'].map((list) => `${list}: refused`),
    );
  });

  it('of another main account are refused before anything is on disk', async () => {
    const folder = await temporaryFolder();
    const path = await fileOf(folder, subaccounts().slice(0, 2));
    const other = `AC${'9'.repeat(32)}`;
    const env = { ...namedOnly(), TWILIO_ACCOUNT_SID: other };
    const { code, stderr } = await run(folder, env, ['--credentials', path, '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`belongs to the main account ${simulator.accountSid}, not to ${other}`));
    expect(await filesBelow(dataFolderOf(folder))).toEqual([]);
  });

  it('that are all wrong end the run with one message for each', async () => {
    const folder = await temporaryFolder();
    const wrong = subaccounts()
      .slice(0, 3)
      .map((one) => ({ ...one, auth_token: 'sesame' }));
    const flags = ['--credentials', await fileOf(folder, wrong), '--quiet'];
    await simulator.resetStats();
    const { code, stdout, stderr } = await run(folder, namedOnly(), flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(3);
    expect(stderr).not.toContain('sesame');
    expect(await requestsByStatus()).toEqual({ 401: 3 });
    expect(await filesBelow(dataFolderOf(folder))).toEqual([]);
  });

  it('are planned by a dry run, and chosen by --account', async () => {
    const folder = await temporaryFolder();
    const own = subaccounts().slice(0, 3);
    const path = await fileOf(folder, own);
    const chosen = own[1]?.account_sid ?? '';
    const dry = ['--credentials', path, '--quiet', '--dry-run', '--json'];
    const all = JSON.parse((await run(folder, namedOnly(), dry)).stdout);
    expect(all).toMatchObject({ accounts: 3, requests: 15, warnings: [] });
    const flags = [...dry, '--account', chosen];
    await simulator.resetStats();
    expect(JSON.parse((await run(folder, namedOnly(), flags)).stdout)).toMatchObject({ accounts: 1, requests: 5 });
    expect((await simulator.stats()).requests).toBe(1);
    const unknown = await run(folder, namedOnly(), [...dry, '--account', simulator.accountSid]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/is none of the 3 accounts of the credentials file/);
    expect(await filesBelow(folder)).toEqual([path]);
  });

  it('that belong to nobody are told beside main credentials, and not used', async () => {
    const folder = await temporaryFolder();
    const stranger = `AC${'7'.repeat(32)}`;
    const path = await fileOf(folder, [], [`${stranger},${stranger},sesame`]);
    const { code, stderr } = await run(folder, environmentFor(simulator), ['--credentials', path]);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`own.csv, line 2: ${stranger} is no account of ${simulator.accountSid}`));
    await expectMonthIsTruth(monthOf(folder), await expectation());
  });
});

describe('a credentials file that cannot be used', () => {
  it.each([
    ['read by the group', 0o640, [], [/own\.csv holds secrets and can be read by others: chmod 600 .*own\.csv$/]],
    ['read by the world', 0o604, [], [/chmod 600/]],
    [
      'broken in two lines',
      0o600,
      ['AC1,AC1,sesame', 'x'],
      [/own\.csv: line 3: account_sid is no/, /line 4: has 1 fields/],
    ],
    ['no CSV', 0o600, ['"sesame'], [/own\.csv: line 3: a quote is opened and never closed/]],
  ])('%s: exit 2 before any request, with the line and without a secret', async (_, mode, lines, patterns) => {
    const folder = await temporaryFolder();
    const path = await fileOf(folder, subaccounts().slice(0, 1), lines);
    await chmod(path, mode);
    await simulator.resetStats();
    const { code, stdout, stderr } = await run(folder, namedOnly(), ['--credentials', path, '--quiet']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const told = stderr.trim().split('\n');
    expect(told).toHaveLength(patterns.length);
    for (const [index, pattern] of patterns.entries()) expect(told[index]).toMatch(pattern);
    expect(stderr).not.toContain('sesame');
    expect(stderr).not.toContain(subaccounts()[0]?.auth_token);
    expect((await simulator.stats()).requests).toBe(0);
    expect(await filesBelow(folder)).toEqual([path]);
  });
});
