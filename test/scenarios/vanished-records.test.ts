import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';
import { listRecords } from '../support/simulator-records.js';
import { amountText, unitsOfPlain } from '../support/units.js';

const world = { seed: 91, accounts: 5, records: 900, from: '2026-10-05', to: '2026-10-08' };

describe(`records that Twilio no longer lists, seed ${world.seed}`, () => {
  it('are kept, counted in every figure, and told', async () => {
    const simulator = await startSimulatorHere({ ...world, now: '2026-10-12T00:00:00Z' });
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, world);
      await runPipeline(config, { now: '2026-10-12T01:00:00Z' });
      const before = { ...(await truthNow(simulator, world)), month: '2026-10' };
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      await expectMonthIsTruth(monthFolder, before);

      const account = simulator.accountSid;
      const isPaid = (row: Readonly<Record<string, unknown>>): boolean => Number(row.price) < 0;
      const calls = (await listRecords(simulator, account, 'Calls')).filter(isPaid).slice(0, 3);
      const messages = (await listRecords(simulator, account, 'Messages')).filter(isPaid).slice(0, 2);
      const gone = [...calls, ...messages].map((row) => ({ sid: String(row.sid), deleted: true }));
      expect(gone).toHaveLength(5);
      await simulator.changeRecords(gone);
      const run = await runPipeline(config, { now: '2026-10-12T02:00:00Z' });
      expect(run.exitCode).toBe(0);
      await expectMonthIsTruth(monthFolder, before);
      const cost = (rows: typeof calls): string =>
        amountText(rows.reduce((sum, row) => sum - unitsOfPlain(String(row.price)), 0n));
      const findings = await readRows(join(monthFolder, 'findings.csv'));
      const vanished = findings.filter((row) => row.check === 'vanished_records_counted');
      expect(vanished.map(({ severity, subject, detail }) => [severity, subject, detail])).toEqual([
        ['warn', account, `2 messages that Twilio no longer lists, ${cost(messages)} USD`],
        ['warn', account, `3 calls that Twilio no longer lists, ${cost(calls)} USD`],
      ]);

      // Back again, as after a list that was read while somebody paged: no longer told, still counted once.
      await simulator.changeRecords(gone.map(({ sid }) => ({ sid, deleted: false })));
      await runPipeline(config, { now: '2026-10-12T03:00:00Z' });
      await expectMonthIsTruth(monthFolder, before);
      const checks = (await readRows(join(monthFolder, 'findings.csv'))).map((row) => row.check);
      expect(checks).not.toContain('vanished_records_counted');
    } finally {
      await simulator.stop();
    }
  });
});
