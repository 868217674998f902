import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCustomerMap } from '../../src/adapters/customer-file.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { type CustomerOf, expectedDays, hasRecords, hasUsage } from '../support/expected-ledger.js';
import { configFor, outputFolderOf, republish, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

const world = { seed: 131, accounts: 8, records: 1200, from: '2026-09-28', to: '2026-10-04' };

describe(`customers.csv, seed ${world.seed}`, () => {
  it('maps accounts to customers by date; what maps to nobody is unallocated, and told', async () => {
    const simulator = await startSimulatorHere(world);
    try {
      const folder = await temporaryFolder();
      const expected = await truthNow(simulator, world);
      const sids = expected.truth.accounts.map((account) => account.account_sid);
      const [main = '', one = '', two = '', moved = '', late = '', early = ''] = sids;
      const path = join(folder, 'customers.csv');
      const lines = [
        'account_sid,customer_id,customer_name,valid_from,valid_to',
        `${main},house,"House, Inc.",,`,
        `${one},=1+1,"Many ""accounts""",,`,
        `${two},=1+1,,,`,
        `${moved},first,First,,2026-10-02`,
        `${moved},second,Second,2026-10-02,`,
        `${late},late,Late,2026-09-30,`,
        `${early},early,,,2026-09-30`,
      ];
      await writeFile(path, `${lines.join('\r\n')}\r\n`);
      const customerOf: CustomerOf = (account, day) => {
        if (account === main) return { id: 'house', name: 'House, Inc.' };
        if (account === one || account === two) return { id: '=1+1', name: 'Many "accounts"' };
        if (account === moved) {
          return day < '2026-10-02' ? { id: 'first', name: 'First' } : { id: 'second', name: 'Second' };
        }
        if (account === late && day >= '2026-09-30') return { id: 'late', name: 'Late' };
        if (account === early && day < '2026-09-30') return { id: 'early', name: 'early' };
        return { id: 'unallocated', name: 'unallocated' };
      };
      const customerMap = await readCustomerMap(path);
      const config = configFor(simulator, folder, world, { customersFile: path, customerMap });
      const run = await runPipeline(config);
      expect(run.exitCode).toBe(0);
      for (const month of ['2026-09', '2026-10']) {
        const monthFolder = join(outputFolderOf(folder), month);
        await expectMonthIsTruth(monthFolder, { ...expected, month, customerOf });
        const findings = await readRows(join(monthFolder, 'findings.csv'));
        const told = findings.filter((row) => row.check === 'unallocated_cost').map((row) => row.subject);
        const unallocated = expectedDays(expected.truth)
          .filter((day) => day.day.startsWith(month) && customerOf(day.account, day.day).id === 'unallocated')
          .filter((day) => hasRecords(day) || hasUsage(day))
          .map((day) => day.account);
        expect([...new Set(told)]).toEqual([...new Set(unallocated)].sort());
        expect(findings.map((row) => `${row.check} ${row.subject}`)).toContain(`partial_month ${month}`);
      }

      // The map is no part of what was pulled: another one, and the same ledger tells it otherwise.
      await republish(configFor(simulator, folder, world));
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      await expectMonthIsTruth(monthFolder, { ...expected, month: '2026-10' });
    } finally {
      await simulator.stop();
    }
  });
});
