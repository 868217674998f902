import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { unitsOf } from '../support/units.js';

const world = { seed: 121, accounts: 8, records: 1200, from: '2026-10-05', to: '2026-10-08' };
const now = '2026-10-20T00:00:00Z';
const problem = (status: number, code: number) => ({
  status,
  body: { code, message: 'No.', more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

async function inWorld(
  test: (simulator: SimulatorHandle, folder: string, account: string) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulatorHere(world);
  try {
    const { days } = await simulator.truth();
    const busy = days.filter((day) => day.account_sid !== simulator.accountSid && day.count > 5)[0];
    await test(simulator, await temporaryFolder(), busy?.account_sid ?? '');
  } finally {
    await simulator.stop();
  }
}

const statusesOf = (rows: readonly Row[], account: string): string[] => [
  ...new Set(
    rows
      .filter((row) => row.account_sid === account && row.status !== 'missing')
      .map((row) => `${row.resource} ${row.status}`),
  ),
];

describe('a subaccount that Twilio will not show', () => {
  it.each([
    [403, 20403],
    [401, 20003],
  ])(
    'with %i is marked refused, exit 4; all others are published, and the rerun is the truth',
    async (status, code) => {
      await inWorld(async (simulator, folder, account) => {
        const config = configFor(simulator, folder, world);
        await simulator.setFaults([{ match: { path: `/Accounts/${account}/` }, action: problem(status, code) }]);
        const run = await runPipeline(config, { now });
        expect(run.exitCode).toBe(4);
        expect(
          run.pulled.extract.failures.map(({ task, outcome }) => [task.accountSid, task.resource, outcome]),
        ).toEqual([
          [account, 'calls', 'refused'],
          [account, 'messages', 'refused'],
          [account, 'usage_records', 'refused'],
          [account, 'undated_calls', 'refused'],
          [account, 'undated_messages', 'refused'],
        ]);
        await simulator.setFaults([]);
        const monthFolder = join(outputFolderOf(folder), '2026-10');
        const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
        await expectMonthIsTruth(monthFolder, expected, { except: [account] });
        const completeness = await readRows(join(monthFolder, 'completeness.csv'));
        expect(statusesOf(completeness, account)).toEqual([
          'calls refused',
          'messages refused',
          'usage_records refused',
        ]);
        const findings = await readRows(join(monthFolder, 'findings.csv'));
        const told = findings.filter((row) => row.check === 'incomplete_windows');
        expect(told.map((row) => `${row.subject} ${row.detail}`)).toEqual(
          ['calls', 'messages', 'usage_records'].map(
            (resource) => `${account} ${resource}: refused, 3 days from 2026-10-05 to 2026-10-07`,
          ),
        );
        expect((await runPipeline(config, { now })).exitCode).toBe(0);
        await expectMonthIsTruth(monthFolder, expected);
      });
    },
  );
});

describe('Usage Records that are not found', () => {
  it('are unknown, never zero: other_cost and total_cost are empty, exit 4', async () => {
    await inWorld(async (simulator, folder, account) => {
      const config = configFor(simulator, folder, world);
      await simulator.setFaults([{ match: { path: `${account}/Usage/` }, action: problem(404, 20404) }]);
      const run = await runPipeline(config, { now });
      expect(run.exitCode).toBe(4);
      await simulator.setFaults([]);
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      await expectMonthIsTruth(monthFolder, expected, { except: [account] });

      const name = expected.truth.accounts.find((one) => one.account_sid === account)?.friendly_name;
      for (const file of ['account_cost.csv', 'customer_cost.csv']) {
        const rows = (await readRows(join(monthFolder, file))).filter(
          (row) => row.account_sid === account || (file === 'customer_cost.csv' && row.customer_id === name),
        );
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.map((row) => `${row.other_cost}${row.total_cost}`)).toEqual(rows.map(() => ''));
        const itemised = rows.reduce((sum, row) => sum + unitsOf(row.itemised_cost ?? ''), 0n);
        const truth = expected.truth.days.filter((day) => day.account_sid === account);
        expect(itemised).toBe(truth.reduce((sum, day) => sum + unitsOf(day.cost), 0n));
      }
      const comparison = await readRows(join(monthFolder, 'reconciliation.csv'));
      const own = comparison.filter((row) => row.account_sid === account).map((row) => row.usage_cost);
      expect(new Set(own)).toEqual(new Set(['']));
      const completeness = await readRows(join(monthFolder, 'completeness.csv'));
      expect(statusesOf(completeness, account)).toContain('usage_records failed');
      const findings = await readRows(join(monthFolder, 'findings.csv'));
      const unknown = findings.filter((row) => row.check === 'usage_unknown');
      expect(unknown.map((row) => [row.subject, row.detail])).toEqual([
        [account, 'Usage Records are not known on 3 days from 2026-10-05 to 2026-10-07'],
      ]);

      expect((await runPipeline(config, { now })).exitCode).toBe(0);
      await expectMonthIsTruth(monthFolder, expected);
    });
  });
});
