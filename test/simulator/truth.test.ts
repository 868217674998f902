import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { type Api, listPath, type Row, seconds, uncheckedApi, units } from './api.js';

let simulator: SimulatorHandle;
afterEach(() => simulator.stop());

const ITEMISED = [
  'calls',
  'calls-client',
  'calls-sip',
  'trunking-origination',
  'trunking-termination',
  'sms',
  'mms',
  'channels',
];

interface Cell {
  count: number;
  minutes: number;
  segments: number;
  unpriced: number;
  cost: bigint;
}

/** Adds rows as a patient clerk would: from the lists, by account, day, currency and service. */
async function clerk(api: Api, truth: Truth): Promise<Map<string, Cell>> {
  const found = new Map<string, Cell>();
  const add = (row: Row, service: string, time: unknown): void => {
    if (time === null) return;
    const day = new Date(seconds(time) * 1000).toISOString().slice(0, 10);
    const key = `${row.account_sid} ${day} ${row.price_unit ?? null} ${service}`;
    const cell = found.get(key) ?? { count: 0, minutes: 0, segments: 0, unpriced: 0, cost: 0n };
    cell.count++;
    cell.minutes += Math.ceil(Number(row.duration ?? 0) / 60);
    cell.segments += Number(row.num_segments ?? 0);
    if (row.price === null) cell.unpriced++;
    else cell.cost -= units(String(row.price));
    found.set(key, cell);
  };
  for (const { account_sid: sid } of truth.accounts) {
    for (const row of await api.rows(listPath(sid, 'Calls', { PageSize: 1000 }))) add(row, 'calls', row.start_time);
    for (const row of await api.rows(listPath(sid, 'Messages', { PageSize: 1000 })))
      add(row, 'messages', row.date_sent);
  }
  return found;
}

function cellsOf(truth: Truth): Map<string, Cell> {
  return new Map(
    truth.days.map((row) => {
      const { count, minutes, segments, unpriced, cost } = row;
      const key = `${row.account_sid} ${row.day} ${row.currency} ${row.service}`;
      return [key, { count, minutes, segments, unpriced, cost: units(cost) }];
    }),
  );
}

function sumBy<T>(rows: T[], key: (row: T) => string, value: (row: T) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0n) + value(row));
  for (const [name, sum] of sums) if (sum === 0n) sums.delete(name);
  return sums;
}

describe('the truth', () => {
  for (const now of ['2026-09-20T00:00:00Z', '2026-09-04T10:30:00Z']) {
    it(`is what the lists add up to at ${now}`, async () => {
      simulator = await startSimulatorHere({ seed: 21, accounts: 20, records: 15_000, to: '2026-09-08', now });
      const truth = await simulator.truth();
      const found = await clerk(uncheckedApi(simulator), truth);
      expect(Object.fromEntries(cellsOf(truth))).toEqual(Object.fromEntries(found));
      expect(found.size).toBeGreaterThan(50);
    });
  }

  it('moves with the clock', async () => {
    simulator = await startSimulatorHere({ accounts: 5, records: 5000, to: '2026-09-08', now: '2026-09-03T00:00:00Z' });
    const before = await simulator.truth();
    await simulator.setClock('2026-09-20T00:00:00Z');
    const after = await simulator.truth();
    const count = (truth: Truth): number => truth.days.reduce((sum, row) => sum + row.count, 0);
    expect(count(after) + after.undated.length).toBe(5000);
    expect(count(before)).toBeLessThan(3000);
    expect(after.world.now).toBe('2026-09-20T00:00:00Z');
  });

  it('has the products of the formula on the Subaccounts page', async () => {
    simulator = await startSimulatorHere({ seed: 3, accounts: 8, records: 8000, from: '2026-09-20', to: '2026-10-12' });
    const truth = await simulator.truth();
    const api = uncheckedApi(simulator);
    const sums = new Map<string, [bigint, bigint, bigint]>();
    for (const { account_sid: sid } of truth.accounts) {
      for (const call of await api.rows(listPath(sid, 'Calls', { PageSize: 1000, 'StartTime>': '2026-09-01' }))) {
        if (call.price === null) continue;
        const month = new Date(seconds(call.start_time) * 1000).toISOString().slice(0, 7);
        const key = `${sid} ${month} ${call.price_unit}`;
        const [cost, bySecond, byMinute] = sums.get(key) ?? [0n, 0n, 0n];
        const price = -units(String(call.price));
        const length = Number(call.duration ?? 0);
        sums.set(key, [
          cost + price,
          bySecond + price * BigInt(length),
          byMinute + price * BigInt(Math.ceil(length / 60)),
        ]);
      }
    }
    const found = truth.products.map((row): [string, bigint[]] => [
      `${row.account_sid} ${row.month} ${row.currency}`,
      [units(row.cost), units(row.cost_times_seconds), units(row.cost_times_minutes)],
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(sums));
  });

  it('can be had for some days only', async () => {
    simulator = await startSimulatorHere({ accounts: 5, records: 5000 });
    const all = await simulator.truth();
    const some = await simulator.truth({ from: '2026-09-10', to: '2026-09-12' });
    expect(some.days).toEqual(all.days.filter((row) => row.day >= '2026-09-10' && row.day < '2026-09-12'));
    expect(some.usage).toEqual(all.usage.filter((row) => row.day >= '2026-09-10' && row.day < '2026-09-12'));
  });
});

describe('usage', () => {
  for (const seed of [1, 2]) {
    it(`agrees with the lists to the last unit, and totalprice holds the rest, seed ${seed}`, async () => {
      simulator = await startSimulatorHere({ seed, records: 20_000 });
      const truth = await simulator.truth();
      const key = (row: { account_sid: string; day: string; currency: string | null }): string =>
        `${row.account_sid} ${row.day} ${row.currency}`;
      const itemised = truth.usage.filter((row) => ITEMISED.includes(row.category));
      const lists = sumBy(truth.days, key, (row) => units(row.cost));
      const usage = sumBy(itemised, key, (row) => units(row.price));
      expect(Object.fromEntries(usage)).toEqual(Object.fromEntries(lists));
      const total = sumBy(
        truth.usage.filter((row) => row.category === 'totalprice'),
        key,
        (row) => units(row.price),
      );
      const only = [
        'sms-messages-carrierfees',
        'mms-messages-carrierfees',
        'phonenumbers',
        'recordings',
        'recordingstorage',
      ];
      const more = ['transcriptions', 'calleridlookups', 'answering-machine-detection', 'amazon-polly', 'mediastorage'];
      const tops = [...ITEMISED, ...only, ...more, 'premiumsupport'];
      const parts = sumBy(
        truth.usage.filter((row) => tops.includes(row.category)),
        key,
        (row) => units(row.price),
      );
      expect(Object.fromEntries(total)).toEqual(Object.fromEntries(parts));
      for (const name of [...only, ...more]) expect(truth.usage.some((row) => row.category === name)).toBe(true);
    });
  }

  it('includes subaccounts unless told not to, each currency apart', async () => {
    simulator = await startSimulatorHere({ records: 5000, accounts: 12 });
    const api = uncheckedApi(simulator);
    const truth = await simulator.truth();
    const span = { StartDate: '2026-09-01', EndDate: '2026-10-31', Category: 'totalprice', PageSize: 1000 };
    const sums = async (query: Record<string, string | number>): Promise<Record<string, bigint>> => {
      const rows = await api.rows(listPath(api.accountSid, 'Usage/Records', { ...span, ...query }));
      return Object.fromEntries(rows.map((row) => [String(row.price_unit), units(String(row.price))]));
    };
    const wanted = (own: boolean): Record<string, bigint> => {
      const rows = truth.usage.filter(
        (row) => row.category === 'totalprice' && (!own || row.account_sid === api.accountSid),
      );
      return Object.fromEntries(
        sumBy(
          rows,
          (row) => row.currency.toLowerCase(),
          (row) => units(row.price),
        ),
      );
    };
    expect(await sums({})).toEqual(wanted(false));
    expect(await sums({ IncludeSubaccounts: 'true' })).toEqual(wanted(false));
    expect(await sums({ IncludeSubaccounts: 'false' })).toEqual(wanted(true));
    expect(Object.keys(wanted(false)).length).toBeGreaterThan(2);
  });

  it('is divided by day, month and year, newest first, both ends included', async () => {
    simulator = await startSimulatorHere({ records: 5000, accounts: 2, now: '2026-11-02T08:00:00Z' });
    const api = uncheckedApi(simulator);
    const spansOf = async (resource: string, query: Record<string, string> = {}): Promise<string[]> => {
      const all = { Category: 'calls', IncludeSubaccounts: 'false', ...query };
      const rows = await api.rows(listPath(api.accountSid, `Usage/Records${resource}`, all));
      return rows.map((row) => `${row.start_date} ${row.end_date}`);
    };
    const range = { StartDate: '2026-09-29', EndDate: '2026-10-02' };
    expect(await spansOf('/Daily', range)).toEqual([
      '2026-10-02 2026-10-02',
      '2026-10-01 2026-10-01',
      '2026-09-30 2026-09-30',
      '2026-09-29 2026-09-29',
    ]);
    expect(await spansOf('/Monthly', range)).toEqual(['2026-10-01 2026-10-02', '2026-09-29 2026-09-30']);
    expect(await spansOf('/Yearly', range)).toEqual(['2026-09-29 2026-10-02']);
    expect(await spansOf('', range)).toEqual(['2026-09-29 2026-10-02']);
    expect(await spansOf('/Today')).toEqual(['2026-11-02 2026-11-02']);
    expect(await spansOf('/Yesterday')).toEqual(['2026-11-01 2026-11-01']);
    expect(await spansOf('/ThisMonth')).toEqual(['2026-11-01 2026-11-02']);
    expect(await spansOf('/LastMonth')).toEqual(['2026-10-01 2026-10-31']);
    expect(await spansOf('', { StartDate: '-2days' })).toEqual(['2026-10-31 2026-11-02']);
  });
});
