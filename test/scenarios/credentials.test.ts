import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentFor, runCli } from '../support/cli.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { filesBelow } from '../support/published.js';
import { type SimulatorHandle, startSimulatorProcess } from '../support/simulator.js';

const world = { seed: 161, accounts: 60, records: 3000, from: '2026-10-05', to: '2026-10-07' };
const range = ['--from', world.from, '--to', world.to];

let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorProcess(world);
});
afterAll(() => simulator.stop());

const foldersOf = (folder: string): string[] => [
  ...['--data-dir', dataFolderOf(folder)],
  ...['--output-dir', outputFolderOf(folder)],
];

describe('an API key of the main account', () => {
  it('is recognised on the first refusal: one explanation, exit 2, and not one error for each subaccount', async () => {
    const folder = await temporaryFolder();
    const { SUBLEDGER_API_BASE_URL = '', TWILIO_ACCOUNT_SID = '' } = environmentFor(simulator);
    const env = {
      ...{ SUBLEDGER_API_BASE_URL, TWILIO_ACCOUNT_SID },
      ...{ TWILIO_API_KEY: simulator.apiKey, TWILIO_API_SECRET: simulator.apiSecret },
    };
    await simulator.resetStats();
    const { code, stdout, stderr } = await runCli(['run', ...range, ...foldersOf(folder), '--quiet'], { env });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/API keys on subaccounts.*TWILIO_AUTH_TOKEN/);
    expect(stderr).not.toContain(simulator.apiSecret);
    // The main account, the account list, and then no more than were under way together when the first refusal came.
    const { requests } = await simulator.stats();
    expect(requests).toBeGreaterThan(2);
    expect(requests).toBeLessThanOrEqual(2 + 2 * 20);
    expect(await filesBelow(outputFolderOf(folder))).toEqual([]);
  });

  it('is enough for the main account alone', async () => {
    const folder = await temporaryFolder();
    const credentials = {
      accountSid: simulator.accountSid,
      username: simulator.apiKey,
      password: simulator.apiSecret,
    };
    const config = configFor(simulator, folder, world, { credentials, accounts: [simulator.accountSid] });
    expect((await runPipeline(config)).exitCode).toBe(0);
    const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
    const others = expected.truth.accounts.map((account) => account.account_sid);
    const except = others.filter((sid) => sid !== simulator.accountSid);
    await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected, { except });
  });
});

describe('a wrong auth token', () => {
  it('ends the run with one request, one message and exit 2', async () => {
    const folder = await temporaryFolder();
    const wrong = 'f'.repeat(32);
    const env = { ...environmentFor(simulator), TWILIO_AUTH_TOKEN: wrong };
    await simulator.resetStats();
    const { code, stderr } = await runCli(['run', ...range, ...foldersOf(folder), '--quiet'], { env });
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/Twilio answered 401\/20003 .*TWILIO_AUTH_TOKEN/);
    expect(stderr).not.toContain(wrong);
    expect((await simulator.stats()).requests).toBe(1);
    expect(await filesBelow(outputFolderOf(folder))).toEqual([]);
  });
});

describe('credentials of another main account', () => {
  it('are refused before any list is asked for: a data folder belongs to one', async () => {
    const folder = await temporaryFolder();
    const { accounts } = await simulator.truth();
    await runPipeline(configFor(simulator, folder, world, { accounts: [simulator.accountSid] }));
    const other = accounts.find((account) => account.account_sid !== simulator.accountSid);
    const env = {
      ...environmentFor(simulator),
      ...{ TWILIO_ACCOUNT_SID: other?.account_sid ?? '', TWILIO_AUTH_TOKEN: other?.auth_token ?? '' },
    };
    await simulator.resetStats();
    const { code, stderr } = await runCli(['run', ...range, ...foldersOf(folder), '--quiet'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`belongs to the main account ${simulator.accountSid}`));
    const { log = [] } = await simulator.stats(true);
    expect(log.filter(({ url }) => !url.startsWith(`/2010-04-01/Accounts/${other?.account_sid}.json`))).toEqual([]);
  });
});
