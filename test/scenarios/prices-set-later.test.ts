import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/faults.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { byBytes } from '../support/expected-ledger.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { changedRow } from '../support/row-faults.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { type ApiRecord, instantText, listRecords } from '../support/simulator-records.js';
import { amountText, unitsOfPlain } from '../support/units.js';

const world = { seed: 55, accounts: 12, records: 6000, from: '2026-10-05', to: '2026-10-09' };
/** Just after the last day: of its last hours much has no price yet, of the days before some is still to be corrected. */
const early = '2026-10-09T00:20:00Z';
const late = '2026-10-12T06:00:00Z';

interface Known {
  readonly service: 'calls' | 'messages';
  readonly account: string;
  readonly row: ApiRecord;
}

/** Every record that a date filter reaches, as the simulator's API shows it now, by SID. */
async function recordsNow(simulator: SimulatorHandle): Promise<Map<string, Known>> {
  const found = new Map<string, Known>();
  const { accounts } = await simulator.truth();
  for (const { account_sid: account } of accounts) {
    for (const [service, list, filter] of [
      ['calls', 'Calls', 'StartTime'],
      ['messages', 'Messages', 'DateSent'],
    ] as const) {
      const query = `${filter}%3E=${world.from}&${filter}%3C=${world.to}`;
      for (const row of await listRecords(simulator, account, list, query)) {
        found.set(String(row.sid), { service, account, row });
      }
    }
  }
  return found;
}

const costText = ({ price }: ApiRecord): string => (price === null ? '' : amountText(-unitsOfPlain(String(price))));
const currencyText = ({ price_unit }: ApiRecord): string => (typeof price_unit === 'string' ? price_unit : '');

/** What price_changes.csv must hold where a first run saw `before` and a second one `after`. */
function changesBetween(
  before: ReadonlyMap<string, Known>,
  after: ReadonlyMap<string, Known>,
  names: ReadonlyMap<string, string>,
): Row[] {
  const rows: Row[] = [];
  for (const [sid, { service, account, row }] of after) {
    const previous = before.get(sid)?.row;
    if (previous === undefined || costText(previous) === costText(row)) continue;
    rows.push({
      charged_at: instantText(service === 'calls' ? row.start_time : row.date_sent),
      service,
      sid,
      change_number: '1',
      account_sid: account,
      customer_id: names.get(account) ?? '',
      change: costText(previous) === '' ? 'priced' : costText(row) === '' ? 'withdrawn' : 'changed',
      previous_cost: costText(previous),
      previous_currency: currencyText(previous),
      cost: costText(row),
      currency: currencyText(row),
      run_number: '2',
      observed_on: late.slice(0, 10),
    });
  }
  const key = (row: Row): string => `${row.charged_at} ${row.service} ${row.sid}`;
  return rows.sort((a, b) => byBytes(key(a), key(b)));
}

describe(`prices that come late, seed ${world.seed}`, () => {
  it('lists them as unpriced, then prices them, and tells every change', async () => {
    const simulator = await startSimulatorHere({ ...world, now: early });
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, world);
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      const before = await recordsNow(simulator);

      expect((await runPipeline(config, { now: early })).exitCode).toBe(0);
      const first = { ...(await truthNow(simulator, world)), month: '2026-10' };
      expect(first.unpriced.filter(({ service }) => service === 'calls').length).toBeGreaterThan(10);
      expect(first.unpriced.filter(({ service }) => service === 'messages').length).toBeGreaterThan(10);
      await expectMonthIsTruth(monthFolder, first);

      await simulator.setClock(late);
      expect((await runPipeline(config, { now: late })).exitCode).toBe(0);
      const names = new Map(first.truth.accounts.map((account) => [account.account_sid, account.friendly_name]));
      const changes = changesBetween(before, await recordsNow(simulator), names);
      const kinds = new Set(changes.map((row) => row.change));
      expect(kinds, 'the world prices some and corrects others').toEqual(new Set(['priced', 'changed']));
      const second = { ...(await truthNow(simulator, world)), month: '2026-10' };
      await expectMonthIsTruth(monthFolder, second, { files: { 'price_changes.csv': changes } });
    } finally {
      await simulator.stop();
    }
  });

  it('tells a price that was taken back, and then set to another', async () => {
    const simulator = await startSimulatorHere({ ...world, records: 300 });
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, world);
      const records = [...(await recordsNow(simulator)).values()];
      const one = records.find(({ service, row }) => service === 'messages' && Number(row.price) < 0);
      const sid = String(one?.row.sid);
      const priced = (price: string, price_unit: string): Promise<FaultRule> =>
        changedRow(simulator, one?.account ?? '', 'Messages', sid, { price, price_unit });
      await runPipeline(config, { now: '2026-10-10T01:00:00Z' });
      await simulator.setFaults([await priced('null', 'null')]);
      await runPipeline(config, { now: '2026-10-11T01:00:00Z' });
      const monthFolder = join(outputFolderOf(folder), '2026-10');
      expect((await readRows(join(monthFolder, 'unpriced.csv'))).map((row) => row.sid)).toContain(sid);
      await simulator.setFaults([]);
      await simulator.setFaults([await priced('"-1.5"', '"EUR"')]);
      await runPipeline(config, { now: '2026-10-12T01:00:00Z' });

      const was = amountText(-unitsOfPlain(String(one?.row.price)));
      const unit = String(one?.row.price_unit);
      const told = (await readRows(join(monthFolder, 'price_changes.csv'))).map((row) => [
        ...[row.sid, row.change_number, row.change, row.previous_cost, row.previous_currency, row.cost, row.currency],
        ...[row.run_number, row.observed_on],
      ]);
      expect(told).toEqual([
        [sid, '1', 'withdrawn', was, unit, '', '', '2', '2026-10-11'],
        [sid, '2', 'priced', '', '', '1.50000000', 'EUR', '3', '2026-10-12'],
      ]);
    } finally {
      await simulator.stop();
    }
  });
});
