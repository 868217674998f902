import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/faults.js';
import { expectDaysAddUp } from '../support/expect-days-add-up.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { inWorldOf } from '../support/in-world.js';
import { readLanding } from '../support/landing.js';
import { configFor, outputFolderOf, runPipeline } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { changedRow } from '../support/row-faults.js';
import type { SimulatorHandle } from '../support/simulator.js';
import { type ApiRecord, instantText, listRecords } from '../support/simulator-records.js';
import { amountText, unitsOf, unitsOfPlain } from '../support/units.js';

const world = { seed: 101, accounts: 13, records: 1500, from: '2026-10-05', to: '2026-10-08' };
const now = '2026-10-20T00:00:00Z';

const inWorld = (test: Parameters<typeof inWorldOf>[1]): Promise<void> => inWorldOf(world, test);

const monthOf = (folder: string): string => join(outputFolderOf(folder), '2026-10');
const expectation = async (simulator: SimulatorHandle) => ({ ...(await truthNow(simulator, world)), month: '2026-10' });

interface Damage {
  readonly account: string;
  readonly record: ApiRecord;
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** One priced call of each account with traffic, and what shall be wrong with it. */
async function damageCalls(
  simulator: SimulatorHandle,
  damages: readonly Readonly<Record<string, string | undefined>>[],
): Promise<Damage[]> {
  const found: Damage[] = [];
  for (const { account_sid: account } of (await simulator.truth()).accounts) {
    const fields = damages[found.length];
    if (fields === undefined) return found;
    const calls = await listRecords(simulator, account, 'Calls', `StartTime%3E=${world.from}&StartTime%3C=${world.to}`);
    const record = calls.find((row) => Number(row.price) < 0);
    if (record !== undefined) found.push({ account, record, fields });
  }
  if (found.length < damages.length) throw new Error('the world has too few accounts with calls');
  return found;
}

const rulesOf = (simulator: SimulatorHandle, damages: readonly Damage[]): Promise<FaultRule[]> =>
  Promise.all(damages.map((one) => changedRow(simulator, one.account, 'Calls', String(one.record.sid), one.fields)));

describe('prices as JSON numbers', () => {
  it('are taken by their text, with a warning, and no figure changes', async () => {
    await inWorld(async (simulator, folder) => {
      const edit = { find: '"price":"(-?[0-9.]+)"', replace: '"price":$1', regex: true };
      await simulator.setFaults([{ match: { path: '(Calls|Messages|Daily)\\.json' }, action: { edit } }]);
      const run = await runPipeline(configFor(simulator, folder, world), { now });
      expect(run.exitCode).toBe(0);
      expect(run.pulled.extract.warnings).toContainEqual(expect.stringMatching(/\d+ prices came as JSON numbers/));
      const priced = (await readLanding(join(folder, 'data'), 'calls')).filter((row) => row.price !== null);
      expect(priced.length).toBeGreaterThan(500);
      await simulator.setFaults([]);
      await expectMonthIsTruth(monthOf(folder), await expectation(simulator));
    });
  });
});

describe('records that cannot be used', () => {
  // What design.md section 4 and faults.md name: no plain decimal, more than fits, no currency that is one.
  const damages = [
    { price: '"1e-3"' },
    { price: '-1e-3' },
    { price: '"NaN"' },
    { price: '"-0.123456789"' },
    { price: '"1,5"' },
    { price: '"-123456789012345678901234567890"' },
    { price_unit: 'null' },
    { price_unit: '"XQZ"' },
    { duration: '"soon"' },
  ];

  it('are in no figure but told: quarantined, exit 4, and mended by the next run', async () => {
    await inWorld(async (simulator, folder) => {
      const config = configFor(simulator, folder, world);
      const damaged = await damageCalls(simulator, damages);
      await simulator.setFaults(await rulesOf(simulator, damaged));
      const run = await runPipeline(config, { now: '2026-10-10T00:00:00Z' });
      expect(run.exitCode).toBe(4);
      await simulator.setFaults([]);
      const expected = await expectation(simulator);
      const accounts = damaged.map(({ account }) => account);
      await expectMonthIsTruth(monthOf(folder), expected, { except: accounts });
      await expectDaysAddUp(folder);

      const costs = await readRows(join(monthOf(folder), 'account_cost.csv'));
      const findings = await readRows(join(monthOf(folder), 'findings.csv'));
      const completeness = await readRows(join(monthOf(folder), 'completeness.csv'));
      for (const { account, record } of damaged) {
        const truth = expected.truth.days.filter((day) => day.account_sid === account && day.service === 'calls');
        const rows = costs.filter((row) => row.account_sid === account);
        const label = JSON.stringify(damaged.find((one) => one.account === account)?.fields);
        const count = rows.reduce((sum, row) => sum + Number(row.calls_count), 0);
        expect(count, label).toBe(truth.reduce((sum, day) => sum + day.count, 0) - 1);
        const cost = rows.reduce((sum, row) => sum + unitsOf(row.calls_cost ?? ''), 0n);
        const whole = truth.reduce((sum, day) => sum + unitsOf(day.cost), 0n);
        expect(amountText(cost), label).toBe(amountText(whole + unitsOfPlain(String(record.price))));
        expect(findingsOf(findings, account), label).toEqual([expect.stringContaining(String(record.sid))]);
        const day = instantText(record.start_time).slice(0, 10);
        const quarantined = completeness.filter((row) => row.account_sid === account && row.quarantined_count !== '0');
        expect(
          quarantined.map((row) => [row.day, row.resource, row.quarantined_count]),
          label,
        ).toEqual([[day, 'calls', '1']]);
      }

      const mended = await runPipeline(config, { now: '2026-10-10T01:00:00Z' });
      expect(mended.exitCode).toBe(0);
      await expectMonthIsTruth(monthOf(folder), expected);
      await expectDaysAddUp(folder);
    });
  });

  it('may be of a currency in lower case, which is only a way of writing', async () => {
    await inWorld(async (simulator, folder) => {
      const lower = ['USD', 'EUR', 'JPY', 'GBP', 'BRL'].map((unit) => ({
        find: `"price_unit":"${unit}"`,
        replace: `"price_unit":"${unit.toLowerCase()}"`,
      }));
      await simulator.setFaults([{ match: { path: '(Calls|Messages)\\.json' }, action: { edit: lower } }]);
      const run = await runPipeline(configFor(simulator, folder, world), { now });
      expect(run.exitCode).toBe(0);
      await simulator.setFaults([]);
      await expectMonthIsTruth(monthOf(folder), await expectation(simulator));
    });
  });
});

const findingsOf = (findings: readonly Row[], account: string): string[] =>
  findings
    .filter((row) => row.check === 'quarantined_rows_present' && row.subject === account)
    .map((row) => row.detail ?? '');

describe('answers that cannot be right', () => {
  const other = `AC${'9'.repeat(32)}`;
  const damages = [
    [{ start_time: '"Mon, 01 Jun 2026 12:00:00 +0000"' }, /1 of its \d+ rows lie outside the window/],
    [{ account_sid: `"${other}"` }, /1 of its \d+ rows belong to another account/],
    [{ price: undefined }, /1 of its \d+ rows have no field "price"/],
    [{ sid: '""' }, /1 of its \d+ rows lack a required field/],
    [{ start_time: 'null' }, /1 of its \d+ rows lack a required field/],
  ] as const;

  it('fail their window, exit 4; the other accounts finish, and the rerun is the truth', async () => {
    await inWorld(async (simulator, folder) => {
      const config = configFor(simulator, folder, world);
      const damaged = await damageCalls(
        simulator,
        damages.map(([fields]) => fields),
      );
      await simulator.setFaults(await rulesOf(simulator, damaged));
      const run = await runPipeline(config, { now: '2026-10-10T00:00:00Z' });
      expect(run.exitCode).toBe(4);
      const failures = run.pulled.extract.failures.map(({ task, outcome, error }) => {
        const at = damaged.findIndex(({ account }) => account === task.accountSid);
        const [, pattern] = damages[at] ?? [];
        expect(error.message).toMatch(pattern ?? /never/);
        expect(error.message).toContain(
          `calls of ${task.accountSid} from 2026-10-05T00:00:00Z to 2026-10-08T00:00:00Z`,
        );
        return [task.accountSid, task.resource, outcome];
      });
      const accounts = damaged.map(({ account }) => account);
      expect(failures.toSorted()).toEqual(accounts.map((account) => [account, 'calls', 'failed']).toSorted());
      await simulator.setFaults([]);
      const expected = await expectation(simulator);
      await expectMonthIsTruth(monthOf(folder), expected, { except: accounts });
      const completeness = await readRows(join(monthOf(folder), 'completeness.csv'));
      const failed = completeness.filter((row) => row.status === 'failed');
      expect(new Set(failed.map((row) => `${row.account_sid} ${row.resource}`))).toEqual(
        new Set(accounts.map((account) => `${account} calls`)),
      );
      const costs = await readRows(join(monthOf(folder), 'account_cost.csv'));
      const calls = costs.filter((row) => accounts.includes(row.account_sid ?? '')).map((row) => row.calls_count);
      expect(new Set(calls)).toEqual(new Set(['0']));

      expect((await runPipeline(config, { now: '2026-10-10T01:00:00Z' })).exitCode).toBe(0);
      await expectMonthIsTruth(monthOf(folder), expected);
    });
  });
});
