import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

const world = { seed: 131, accounts: 5, records: 600, from: '2026-10-05', to: '2026-10-09' };

describe('usage lists', () => {
  it('that fail on pages of 1000 come through on pages of 100, to the last row', async () => {
    const simulator = await startSimulatorHere(world);
    try {
      const folder = await temporaryFolder();
      const action = {
        status: 500,
        body: { code: 20500, message: 'An internal server error has occurred', status: 500 },
      };
      await simulator.setFaults([{ match: { path: 'Usage/.*PageSize=1000' }, action }]);
      const run = await runPipeline(configFor(simulator, folder, world));
      expect(run.exitCode).toBe(0);
      const { log = [] } = await simulator.stats(true);
      const usage = log.filter(({ url }) => url.includes('/Usage/'));
      const sizes = (status: number): Set<string | null> =>
        new Set(
          usage
            .filter((one) => one.status === status)
            .map(({ url }) => new URL(url, simulator.baseUrl).searchParams.get('PageSize')),
        );
      expect([sizes(500), sizes(200)]).toEqual([new Set(['1000']), new Set(['100'])]);
      await simulator.setFaults([]);
      const { accounts } = await simulator.truth();
      // Of each account by itself, and of the main one with all of them.
      expect(usage.filter((one) => one.status === 500)).toHaveLength(2 * (accounts.length + 1));
      expect(usage.filter((one) => one.status === 200).length).toBeGreaterThan(accounts.length + 1);
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    } finally {
      await simulator.stop();
    }
  });

  it('without a row are known and empty; those that are not found are unknown', async () => {
    const simulator = await startSimulatorHere(world);
    try {
      const folder = await temporaryFolder();
      const { days } = await simulator.truth();
      const busy = [...new Set(days.filter((day) => day.count > 5).map((day) => day.account_sid))];
      const [empty = '', unknown = ''] = busy.filter((sid) => sid !== simulator.accountSid);
      await simulator.setFaults([
        {
          match: { path: `${empty}/Usage/` },
          action: {
            edit: [
              { find: '"usage_records":\\s*\\[.*\\]', replace: '"usage_records":[]', regex: true },
              { find: '"next_page_uri":\\s*"[^"]*"', replace: '"next_page_uri":null', regex: true },
            ],
          },
        },
        { match: { path: `${unknown}/Usage/` }, action: { status: 404, body: { code: 20404, status: 404 } } },
      ]);
      const run = await runPipeline(configFor(simulator, folder, world));
      expect(run.exitCode).toBe(4);
      expect(run.pulled.extract.failures.map(({ task }) => task.accountSid)).toEqual([unknown]);
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      const completeness = await readRows(join(monthFolder, 'completeness.csv'));
      const statusOf = (account: string): string[] => [
        ...new Set(
          completeness
            .filter((row) => row.account_sid === account && row.resource === 'usage_records')
            .map((row) => row.status ?? ''),
        ),
      ];
      expect([statusOf(empty), statusOf(unknown)]).toEqual([
        ['missing', 'empty'],
        ['missing', 'failed'],
      ]);
      const costs = await readRows(join(monthFolder, 'account_cost.csv'));
      const other = (account: string): Set<string | undefined> =>
        new Set(costs.filter((row) => row.account_sid === account).map((row) => row.other_cost));
      expect([other(empty), other(unknown)]).toEqual([new Set(['0.00000000']), new Set([''])]);
    } finally {
      await simulator.stop();
    }
  });
});
