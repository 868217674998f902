import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDaysAddUp } from '../support/expect-days-add-up.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { inWorldOf } from '../support/in-world.js';
import { configFor, outputFolderOf, runPipeline } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { changedRow } from '../support/row-faults.js';
import { listRecords } from '../support/simulator-records.js';

const world = { seed: 61, accounts: 5, records: 6000, from: '2026-10-05', to: '2026-10-08' };
const now = '2026-10-20T00:00:00Z';

const inWorld = (test: Parameters<typeof inWorldOf>[1]): Promise<void> => inWorldOf(world, test);

const monthOf = (folder: string): string => join(outputFolderOf(folder), '2026-10');
const read = (folder: string, file: string): Promise<Row[]> => readRows(join(monthOf(folder), file));

async function findingsOf(folder: string, check: string): Promise<Row[]> {
  return (await read(folder, 'findings.csv')).filter((row) => row.check === check);
}

describe(`calls without start_time and messages without date_sent, seed ${world.seed}`, () => {
  it('are listed; no figure counts them, for they have no price', async () => {
    await inWorld(async (simulator, folder) => {
      const run = await runPipeline(configFor(simulator, folder, world), { now });
      expect(run.exitCode).toBe(0);
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      expect(new Set(expected.undated.map(({ service }) => service))).toEqual(new Set(['calls', 'messages']));
      await expectMonthIsTruth(monthOf(folder), expected);
      expect(await findingsOf(folder, 'undated_records_priced')).toEqual([]);
      expect(await findingsOf(folder, 'undated_records_not_looked_for')).toEqual([]);
    });
  });

  it('are charges of the day of their creation where they have a price, and stay so when they vanish', async () => {
    await inWorld(async (simulator, folder) => {
      const config = configFor(simulator, folder, world);
      const { undated } = await simulator.truth();
      const paid = undated.filter(({ account_sid }) => account_sid === simulator.accountSid).slice(0, 3);
      expect(paid).toHaveLength(3);
      await simulator.changeRecords(paid.map(({ sid }) => ({ sid, price: '-0.001' })));
      await runPipeline(config, { now });
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      await expectMonthIsTruth(monthOf(folder), expected);
      const told = await findingsOf(folder, 'undated_records_priced');
      expect(told.map(({ subject, severity }) => [subject, severity])).toContainEqual([simulator.accountSid, 'warn']);

      await simulator.changeRecords(paid.map(({ sid }) => ({ sid, price: '-0.001', deleted: true })));
      await runPipeline({ ...config, lookBackDays: 20 }, { now: '2026-10-21T00:00:00Z' });
      await expectMonthIsTruth(monthOf(folder), expected);
      const vanished = await findingsOf(folder, 'vanished_records_counted');
      const counts = vanished.map(({ detail }) => Number(/^\d+/.exec(detail ?? '')?.[0]));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    });
  });

  it('move to their own day once they have a date, with the change of their price', async () => {
    await inWorld(async (simulator, folder) => {
      const config = configFor(simulator, folder, world);
      const account = simulator.accountSid;
      const messages = await listRecords(simulator, account, 'Messages');
      const record = messages.find((row) => Number(row.price) < 0 && row.date_sent !== null);
      const sid = String(record?.sid);
      const waiting = { date_sent: 'null', price: 'null', price_unit: 'null', status: '"scheduled"' };
      const edited = await changedRow(simulator, account, 'Messages', sid, waiting);
      await simulator.setFaults([
        { match: { path: `${account}/Messages\\.json\\?.*DateSent` }, action: { status: 403, body: 'not now' } },
        { ...edited, match: { path: `${account}/Messages\\.json` } },
      ]);
      expect((await runPipeline(config, { now })).exitCode).toBe(4);
      expect((await read(folder, 'undated.csv')).filter((row) => row.sid === sid)).toHaveLength(1);
      await simulator.setFaults([]);

      expect((await runPipeline(config, { now })).exitCode).toBe(0);
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      const changes = await read(folder, 'price_changes.csv');
      expect(changes.map((row) => [row.sid, row.change])).toEqual([[sid, 'priced']]);
      await expectMonthIsTruth(monthOf(folder), expected, { files: { 'price_changes.csv': changes } });
      await expectDaysAddUp(folder);
    });
  });

  it('are looked for as far as --undated-pages says, and what was not reached is told', async () => {
    await inWorld(async (simulator, folder) => {
      const config = configFor(simulator, folder, world, { undatedPages: 1 });
      const run = await runPipeline(config, { now });
      expect(run.exitCode).toBe(0);
      // The account with the most calls has more than a page of them.
      const { days } = await simulator.truth();
      const counts = new Map<string, number>();
      for (const { account_sid, service, count } of days) {
        counts.set(`${account_sid} ${service}`, (counts.get(`${account_sid} ${service}`) ?? 0) + count);
      }
      const long = [...counts].filter(([, count]) => count > 1000).map(([key]) => key);
      expect(long.length).toBeGreaterThan(0);
      const told = await findingsOf(folder, 'undated_records_not_looked_for');
      const subjects = told.map(({ subject, detail }) => `${subject} ${detail?.split(' ')[0]}`);
      expect(subjects).toEqual(expect.arrayContaining(long));
      const warnings = run.pulled.extract.warnings.filter((warning) => warning.includes('--undated-pages'));
      expect(warnings).toHaveLength(told.length);

      // The next run is not content with that, where it may look further.
      await runPipeline({ ...config, undatedPages: 25 }, { now: '2026-10-21T00:00:00Z' });
      expect(await findingsOf(folder, 'undated_records_not_looked_for')).toEqual([]);
      const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
      await expectMonthIsTruth(monthOf(folder), expected);
    });
  });

  it('are not looked for where nobody wants it', async () => {
    await inWorld(async (simulator, folder) => {
      await simulator.resetStats();
      await runPipeline(configFor(simulator, folder, world, { undatedPages: 0 }), { now });
      const { log = [] } = await simulator.stats(true);
      const unfiltered = log.filter(({ url }) => /(Calls|Messages)\.json/.test(url) && !/(Start|Sent)/.test(url));
      expect(unfiltered).toEqual([]);
      expect(await read(folder, 'undated.csv')).toEqual([]);
      expect((await findingsOf(folder, 'undated_records_not_looked_for')).length).toBeGreaterThan(0);
    });
  });
});
