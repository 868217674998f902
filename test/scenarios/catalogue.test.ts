import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { seedFiles } from '../../src/adapters/query-files.js';
import { runCli } from '../support/cli.js';
import {
  type CatalogueRecord,
  catalogueRecords,
  countryFinder,
  countryRows,
  lineItemRows,
  messagingServiceRows,
  numberRows,
  serviceRows,
  unpricedAgeRows,
} from '../support/expected-catalogue.js';
import {
  type CustomerOf,
  type ExpectedDay,
  expectedDays,
  friendlyNameCustomers,
  hasRecords,
  hasUsage,
  otherOf,
} from '../support/expected-ledger.js';
import { figures, grouped } from '../support/expected-reports.js';
import { configFor, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

/** Every report of the catalogue against what the simulator's own API lists, added up here. */
const world = { seed: 907, accounts: 4, records: 3000, from: '2026-07-01', to: '2026-10-08' };
// So soon that some messages have no price yet.
const now = '2026-10-08T00:30:00Z';
const months = ['2026-07', '2026-08', '2026-09', '2026-10'];

const folder = suiteFolder();
let simulator: SimulatorHandle;
let records: CatalogueRecord[];
let days: ExpectedDay[];
let customerOf: CustomerOf;

beforeAll(async () => {
  simulator = await startSimulatorHere({ ...world, now });
  const run = await runPipeline(configFor(simulator, folder, world, { phoneNumbers: 'keep' }), { now });
  expect(run.exitCode).toBe(0);
  const truth = await simulator.truth();
  customerOf = friendlyNameCustomers(truth);
  days = expectedDays(truth).filter(({ day }) => day >= world.from && day < world.to);
  records = (await catalogueRecords(simulator, truth)).filter(({ at }) => at >= world.from && at < world.to);
  expect(records.filter(({ cost }) => cost === undefined).length, 'some are unpriced').toBeGreaterThan(0);
});
afterAll(() => simulator.stop());

const published = (month: string, report: string): Promise<Row[]> =>
  readRows(join(outputFolderOf(folder), month, `${report}.csv`));
const of = (month: string): CatalogueRecord[] => records.filter(({ at }) => at.startsWith(month));
const daysOf = (month: string): ExpectedDay[] => days.filter(({ day }) => day.startsWith(month));
const isShown = (day: ExpectedDay): boolean => hasRecords(day) || hasUsage(day);
const sum = (rows: readonly Row[], column: string): bigint =>
  rows.reduce((total, row) => total + unitsOf(row[column] || '0.00000000'), 0n);

describe.each(months)('%s', (month) => {
  it('customer_cost_by_day', async () => {
    const groups = grouped(daysOf(month).filter(isShown), ({ account, day, currency }) => {
      const { id, name } = customerOf(account, day);
      return [day, id, currency, name];
    });
    const wanted = groups.map(([[day = '', customer_id = '', currency = '', customer_name = ''], group]) => {
      const { reconciliation: _, ...row } = figures(group, currency, () => '');
      return { day, customer_id, customer_name, ...row };
    });
    expect(await published(month, 'customer_cost_by_day')).toEqual(wanted);
  });

  it('service_cost, with everything else beside it', async () => {
    const shown = daysOf(month).filter((day) => isShown(day) && day.currency !== '');
    const other = grouped(shown, ({ currency }) => [currency]).map(([[currency = ''], group]) => ({
      ...{ month: `${month}-01`, service: 'other', direction: '', currency, record_count: '0', minutes: '0' },
      segments: '0',
      cost: amountText(group.reduce((total, day) => total + (hasUsage(day) ? otherOf(day) : 0n), 0n)),
      unpriced_count: '0',
    }));
    const rows = await published(month, 'service_cost');
    expect(rows).toEqual([...serviceRows(`${month}-01`, of(month)), ...other]);
    for (const { currency } of other) {
      const own = (report: readonly Row[]): readonly Row[] => report.filter((row) => row.currency === currency);
      const customers = own(await published(month, 'customer_cost'));
      expect(amountText(sum(own(rows), 'cost'))).toBe(amountText(sum(customers, 'total_cost')));
    }
  });

  it('country_cost', async () => {
    const [, ...rows] = readCsvText(readFileSync((await seedFiles()).get('country_prefixes') ?? '', 'utf8')).records;
    const wanted = countryRows(`${month}-01`, of(month), countryFinder(rows.map(({ fields }) => fields)));
    expect(new Set(wanted.map((row) => row.country_code)).size).toBeGreaterThan(3);
    expect(await published(month, 'country_cost')).toEqual(wanted);
  });

  it('number_cost', async () => {
    expect(await published(month, 'number_cost')).toEqual(numberRows(`${month}-01`, of(month), customerOf));
  });

  it('messaging_service_cost', async () => {
    const rows = await published(month, 'messaging_service_cost');
    expect(rows).toEqual(messagingServiceRows(`${month}-01`, of(month), customerOf));
  });

  it('unpriced_age', async () => {
    // The day after the last of the month that was pulled.
    const next = months[months.indexOf(month) + 1];
    const wanted = unpricedAgeRows(`${month}-01`, of(month), customerOf, next === undefined ? world.to : `${next}-01`);
    expect(await published(month, 'unpriced_age')).toEqual(wanted);
  });

  it('other_charges, added up by account and currency', async () => {
    const wanted = grouped(daysOf(month), ({ account, currency }) => [account, currency])
      .map(([[account = '', currency = ''], group]) => {
        const cost = group.reduce((total, day) => total + otherOf(day), 0n);
        return { account, currency, customer: customerOf(account, `${month}-01`).id, cost: amountText(cost) };
      })
      .filter(({ cost }) => unitsOf(cost) !== 0n);
    const rows = await published(month, 'other_charges');
    const keys = [...new Set(rows.map((row) => JSON.stringify([row.account_sid, row.currency, row.customer_id])))];
    const found = keys.map((key) => {
      const [account, currency, customer] = JSON.parse(key);
      const own = rows.filter((row) => row.account_sid === account && row.currency === currency);
      return { account, currency, customer, cost: amountText(sum(own, 'cost')) };
    });
    const sorted = <Item>(items: readonly Item[]): string[] => items.map((item) => JSON.stringify(item)).sort();
    expect(sorted(found)).toEqual(sorted(wanted));
    expect(new Set(rows.map((row) => row.family)).size, 'divided').toBeGreaterThan(1);
  });

  it('cost_trend', async () => {
    expect(await published(month, 'cost_trend')).toEqual(trendRows(month));
  });
});

/** Half away from zero. */
const divided = (amount: bigint, by: bigint): bigint =>
  amount < 0n ? -((2n * -amount + by) / (2n * by)) : (2n * amount + by) / (2n * by);

function trendRows(month: string): Row[] {
  const monthOf = (before: number): string => {
    const at = new Date(`${month}-01T00:00:00Z`);
    at.setUTCMonth(at.getUTCMonth() - before);
    return at.toISOString().slice(0, 7);
  };
  const keys = grouped(days.filter(isShown), ({ account, day, currency }) => [customerOf(account, day).id, currency]);
  return keys.flatMap(([[customer = '', currency = '']]) => {
    const own = (before: number): ExpectedDay[] =>
      daysOf(monthOf(before)).filter(
        (day) => isShown(day) && day.currency === currency && customerOf(day.account, day.day).id === customer,
      );
    const itemised = (day: ExpectedDay): bigint => day.callsCost + day.messagesCost;
    const totalOf = (day: ExpectedDay): bigint => itemised(day) + (hasUsage(day) ? otherOf(day) : 0n);
    const hadCost = [1, 2, 3].some((before) => own(before).some((day) => itemised(day) !== 0n || totalOf(day) !== 0n));
    if (currency === '' || (own(0).length === 0 && !hadCost)) return [];
    const columns = (name: string, costOf: (day: ExpectedDay) => bigint): Row => {
      const cost = (before: number): bigint | undefined =>
        monthOf(before) < '2026-07' ? undefined : own(before).reduce((total, day) => total + costOf(day), 0n);
      const [now, previous, second, third] = [cost(0) ?? 0n, cost(1), cost(2), cost(3)];
      const known = previous !== undefined && second !== undefined && third !== undefined;
      return {
        [`${name}_cost`]: amountText(now),
        [`${name}_previous`]: previous === undefined ? '' : amountText(previous),
        [`${name}_change`]: previous === undefined ? '' : amountText(now - previous),
        [`${name}_change_per_mille`]:
          previous === undefined || previous <= 0n ? '' : `${divided((now - previous) * 1000n, previous)}`,
        [`${name}_average`]: known ? amountText(divided(previous + second + third, 3n)) : '',
      };
    };
    const accounts = new Set(
      days.filter((day) => customerOf(day.account, day.day).id === customer).map((d) => d.account),
    );
    return [
      {
        ...{ month: `${month}-01`, customer_id: customer, customer_name: customer, currency },
        ...columns('itemised', itemised),
        ...columns('total', totalOf),
        unread_days: month === '2026-10' ? `${24 * accounts.size}` : '0',
      },
    ];
  });
}

describe('line_items', () => {
  it('are every record, on stdout when asked for and in no published set', async () => {
    for (const month of months) {
      await expect(published(month, 'line_items')).rejects.toThrow(/ENOENT/);
      const { code, stdout } = await runCli(['report', 'line_items', '--month', month, '--quiet'], { cwd: folder });
      expect(code).toBe(0);
      await writeFile(join(folder, 'line_items.csv'), stdout);
      const rows = await readRows(join(folder, 'line_items.csv'));
      expect(rows).toEqual(lineItemRows(`${month}-01`, of(month), customerOf));
      const controls = await published(month, 'control_totals');
      for (const { service, currency, record_count, cost } of controls.filter(
        (row) => row.service !== 'usage_records',
      )) {
        const own = rows.filter((row) => row.service === service && row.currency === currency);
        expect({ count: `${own.length}`, cost: amountText(sum(own, 'cost')) }).toEqual({ count: record_count, cost });
      }
    }
  });

  it('have a column for the day where they are asked for by day, of one day too', async () => {
    const asked = ['report', 'line_items', '--from', '2026-09-30', '--to', '2026-10-01', '--quiet', '--json'];
    const rowsOf = async (more: readonly string[]): Promise<unknown[]> => {
      const { stdout } = await runCli([...asked, ...more], { cwd: folder });
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    const rows = await rowsOf([]);
    expect(rows.length).toBeGreaterThan(1);
    expect(await rowsOf(['--group-by', 'day'])).toEqual(rows.map((row) => ({ day: '2026-09-30', ...(row as object) })));
  });
});
