import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

const days = { from: '2026-10-05', to: '2026-10-06' };

describe('the account list', () => {
  it('is read to its last page, where the main account stands', async () => {
    // Only two accounts are pulled: a thousand would take long and show no more.
    const simulator = await startSimulatorHere({ seed: 81, accounts: 1004, records: 3000, ...days });
    try {
      const folder = await temporaryFolder();
      const { accounts } = await simulator.truth();
      const newest = accounts.toSorted((a, b) => (a.created_at > b.created_at ? -1 : 1))[0]?.account_sid ?? '';
      await simulator.resetStats();
      const chosen = [simulator.accountSid, newest];
      const run = await runPipeline(configFor(simulator, folder, days, { accounts: chosen }));
      expect(run.exitCode).toBe(0);
      expect(run.pulled.accounts).toBe(2);
      const { log = [] } = await simulator.stats(true);
      const lists = log.filter(({ url }) => url.startsWith('/2010-04-01/Accounts.json'));
      expect(lists.map(({ url }) => new URL(url, simulator.baseUrl).searchParams.get('Page'))).toEqual([null, '1']);
      expect(log).toHaveLength(2 + 2 * 5 + 1);

      const monthFolder = join(outputFolderOf(folder), '2026-10');
      const completeness = await readRows(join(monthFolder, 'completeness.csv'));
      expect(new Set(completeness.map((row) => row.account_sid)).size).toBe(1005);
      const asked = completeness.filter((row) => row.status !== 'missing').map((row) => row.account_sid);
      expect([...new Set(asked)].sort()).toEqual(chosen.toSorted());
      const expected = { ...(await truthNow(simulator, days)), month: '2026-10' };
      const others = accounts.map((account) => account.account_sid).filter((sid) => !chosen.includes(sid));
      await expectMonthIsTruth(monthFolder, expected, { except: others });
    } finally {
      await simulator.stop();
    }
  });

  it('may lack the main account, which is then asked for by itself', async () => {
    const world = { seed: 82, accounts: 6, records: 600, ...days };
    const simulator = await startSimulatorHere({ ...world, listsParent: false });
    try {
      const folder = await temporaryFolder();
      const run = await runPipeline(configFor(simulator, folder, days));
      expect(run.exitCode).toBe(0);
      expect(run.pulled.accounts).toBe(7);
      const expected = { ...(await truthNow(simulator, days)), month: '2026-10' };
      expect(expected.truth.days.some((day) => day.account_sid === simulator.accountSid)).toBe(true);
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    } finally {
      await simulator.stop();
    }
  });

  it('keeps an account that was renamed, suspended or deleted between two runs', async () => {
    const world = { seed: 83, accounts: 6, records: 600, ...days };
    const simulator = await startSimulatorHere({ ...world, now: '2026-10-08T00:00:00Z' });
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, days);
      await runPipeline(config, { now: '2026-10-08T01:00:00Z' });
      const before = await truthNow(simulator, days);
      const withTraffic = before.truth.accounts.filter(
        (account) =>
          account.account_sid !== simulator.accountSid &&
          before.truth.days.some((day) => day.account_sid === account.account_sid),
      );
      const [renamed = '', suspended = '', deleted = ''] = withTraffic.map((account) => account.account_sid);
      await simulator.changeAccounts([
        { sid: renamed, friendly_name: 'A new name' },
        { sid: suspended, status: 'suspended' },
        { sid: deleted, deleted: true },
      ]);
      const run = await runPipeline(config, { now: '2026-10-08T02:00:00Z' });
      expect(run.exitCode).toBe(0);
      expect(run.pulled.accounts).toBe(6);
      // Nothing of the traffic changed: the truth of before, under today's names, is what it cost.
      const accounts = before.truth.accounts.map((account) => ({
        ...account,
        friendly_name: account.account_sid === renamed ? 'A new name' : account.friendly_name,
        status: account.account_sid === suspended ? ('suspended' as const) : account.status,
      }));
      const expected = { ...before, truth: { ...before.truth, accounts }, month: '2026-10' };
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    } finally {
      await simulator.stop();
    }
  });
});
