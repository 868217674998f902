import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvText } from '../../src/adapters/csv.js';
import { seedFiles } from '../../src/adapters/query-files.js';
import { type CliResult, environmentFor, runCli } from '../support/cli.js';
import { expectedLines, type RandomCost, type RandomRate } from '../support/expected-invoice.js';
import { friendlyNameCustomers } from '../support/expected-ledger.js';
import { suiteFolder } from '../support/pipeline-run.js';
import { hashesOf, type Row, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { amountText, unitsOf, unitsOfPlain } from '../support/units.js';
import { recordsOf, type WorldRecord } from '../support/universe.js';

/** Read soon after the last day, across the seam of two months: some records have no price, and some no currency either. */
const world = {
  seed: 505,
  accounts: 7,
  records: 2500,
  from: '2026-09-28',
  to: '2026-10-04',
  now: '2026-10-04T02:00:00Z',
};
const months = ['2026-09', '2026-10'];

const folder = suiteFolder();
let simulator: SimulatorHandle;
let truth: Truth;
let costs: RandomCost[];
let rates: RandomRate[];
let run: CliResult;

const rate = (given: Partial<RandomRate>): RandomRate => ({
  ...{ customer_id: '', service: '', direction: '', country_prefix: '', currency: 'USD' },
  ...{ markup_percent: '', price_per_unit: '', valid_from: '', valid_to: '' },
  ...given,
});

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  truth = await simulator.truth();
  costs = [...[...(await recordsOf(simulator)).values()].flatMap(costOfRecord), ...otherCosts(truth)];
  const named = friendlyNameCustomers(truth);
  // Two that pay in dollars; a name of several lines would move the lines of the file.
  const inDollars = costs.filter(
    ({ currency, service, day }) => currency === 'USD' && service === 'messages' && day >= '2026-09-30',
  );
  const names = [...new Set(inDollars.map(({ account, day }) => named(account, day).id))].sort();
  const [first = '', second = ''] = names.filter((id) => id !== 'unallocated' && !/[\r\n]/.test(id));
  rates = [
    rate({ markup_percent: '12.5', valid_to: '2026-10-02' }),
    rate({ markup_percent: '15.0625', valid_from: '2026-10-02' }),
    rate({ service: 'calls', direction: 'outbound', price_per_unit: '0.025' }),
    rate({ service: 'calls', country_prefix: '44', markup_percent: '100' }),
    rate({ service: 'other', markup_percent: '0' }),
    rate({ customer_id: first, service: 'messages', price_per_unit: '0.0125', valid_from: '2026-09-30' }),
    rate({ customer_id: second, markup_percent: '-10' }),
    rate({ customer_id: 'Nobody', markup_percent: '1' }),
  ];
  const columns = Object.keys(rates[0] ?? {}) as (keyof RandomRate)[];
  const lines = [columns.join(','), ...rates.map((one) => columns.map((name) => quoted(one[name])).join(','))];
  await writeFile(join(folder, 'rates.csv'), `${lines.join('\n')}\n`);
  run = await runCli(['run', '--from', world.from, '--to', world.to, '--quiet'], {
    cwd: folder,
    env: environmentFor(simulator),
  });
});
afterAll(() => simulator.stop());

/** A call or message as the simulator's API shows it; none where no list has it by its date. */
function costOfRecord({ service, account, at, isUndated, row }: WorldRecord): RandomCost[] {
  const day = at.slice(0, 10);
  if (isUndated && row.price === null) return [];
  const text = (name: string): string => (typeof row[name] === 'string' ? `${row[name]}` : '');
  const inbound = ['inbound', 'trunking-originating'].includes(text('direction'));
  const outside = text(inbound ? 'from' : 'to');
  const units = service === 'calls' ? Math.ceil(Number(row.duration ?? 0) / 60) : Number(row.num_segments);
  const unpriced = row.price === null;
  return [
    {
      account,
      day,
      currency: text('price_unit').toUpperCase(),
      service,
      family: familyOf(service, row, outside),
      direction: text('direction'),
      callingCode:
        ['1', '33', '44', '49', '55', '61', '81'].find((code) => numberOf(outside).startsWith(`+${code}`)) ?? '',
      cost: unpriced ? '0' : amountText(-unitsOfPlain(text('price'))),
      count: 1n,
      units: BigInt(units),
      unpricedCount: unpriced ? 1n : 0n,
      unpricedUnits: unpriced ? BigInt(units) : 0n,
    },
  ];
}

const numberOf = (address: string): string => address.replace('whatsapp:', '');

function familyOf(service: string, row: WorldRecord['row'], outside: string): string {
  if (service === 'messages')
    return outside.startsWith('whatsapp:') ? 'channels' : `${row.sid}`.startsWith('MM') ? 'mms' : 'sms';
  if (`${row.direction}`.startsWith('trunking')) return 'trunking';
  return /^(client|sip):/.test(outside) ? 'client_and_sip_voice' : 'voice';
}

/** What usage holds beyond calls and messages, by family: the rows of categories that stand in no other row of the day. */
function otherCosts({ usage }: Truth): RandomCost[] {
  const [, ...lines] = readCsvText(readFileSync(seeds.get('usage_categories') ?? '', 'utf8')).records;
  const categories = new Map(lines.map(({ fields: [name = '', ...rest] }) => [name, rest]));
  const listed = new Set(usage.map((one) => [one.account_sid, one.day, one.currency, one.category].join()));
  const sums = new Map<string, bigint>();
  for (const { account_sid, day, currency, category, price } of usage) {
    const isInside = (name: string): boolean => {
      const [parent = ''] = categories.get(name) ?? [];
      return parent !== '' && (listed.has([account_sid, day, currency, parent].join()) || isInside(parent));
    };
    const add = (name: string, amount: bigint): void => {
      const key = JSON.stringify([account_sid, day, currency, name]);
      sums.set(key, (sums.get(key) ?? 0n) + amount);
    };
    const [, family = '', itemisedBy] = categories.get(category) ?? [];
    if (category === 'totalprice') add('remainder', unitsOf(price));
    else if (!isInside(category)) {
      add('remainder', -unitsOf(price));
      if (itemisedBy === '') add(family, unitsOf(price));
    }
  }
  const nothing = { count: 0n, units: 0n, unpricedCount: 0n, unpricedUnits: 0n };
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([key, amount]) => {
      const [account = '', day = '', currency = '', family = '']: string[] = JSON.parse(key);
      const subject = { service: 'other', family, direction: '', callingCode: '' };
      return { account, day, currency, ...subject, cost: amountText(amount), ...nothing };
    });
}

const seeds = await seedFiles();

const fileOf = (month: string, name: string): string => join(folder, 'output', month, name);
const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

function expectedOf(month: string): Row[] {
  const days = { start: { day: `${month}-01` }, end: { day: `${month}-32` } };
  const asked = costs.filter(({ day }) => day >= world.from && day < world.to);
  const named = friendlyNameCustomers(truth);
  const customerOf = (account: string, day: string): string => named(account, day).id;
  const lines = expectedLines(rates, asked, { ...days, customerOf });
  return lines.map(({ row }) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? ''])));
}

describe(`rates.csv, seed ${world.seed}`, () => {
  it.each(months)('gives the invoice lines of %s that a clerk would write from the records', async (month) => {
    expect(`${run.code} ${run.stderr}`).toBe('0 ');
    const rows = await readRows(fileOf(month, 'customer_invoice_lines.csv'));
    const found = rows.map(({ customer_name: _, unit: __, ...row }) => row);
    expect(inOrder(found)).toEqual(inOrder(expectedOf(month)));
  });

  it('has use for every rate but that of nobody, and waits for prices', async () => {
    const rows = (
      await Promise.all(months.map((month) => readRows(fileOf(month, 'customer_invoice_lines.csv'))))
    ).flat();
    expect([...new Set(rows.map((row) => row.rate_line))].sort()).toEqual(['', '2', '3', '4', '5', '6', '7', '8']);
    expect(rows.filter((row) => row.unpriced_count !== '0' && row.rate_line !== '')).not.toEqual([]);
    expect(rows.filter((row) => row.unpriced_count !== '0' && row.currency === '')).not.toEqual([]);
  });

  it('says what has no rate, and which rate is for nobody', async () => {
    for (const month of months) {
      const findings = await readRows(fileOf(month, 'findings.csv'));
      const told = findings.filter(({ check }) => check === 'unrated_cost').map(({ subject }) => subject);
      const unrated = expectedOf(month).filter(({ rate_line: line, currency }) => line === '' && currency !== '');
      expect([...new Set(told)].sort()).toEqual([...new Set(unrated.map((row) => row.customer_id))].sort());
      expect(told.length).toBeGreaterThan(0);
      expect(findings.filter(({ check }) => check === 'rates_without_customer')).toMatchObject([
        { subject: 'Nobody', severity: 'warn' },
      ]);
    }
  });

  it('is published with the rates and without, and nothing else changes', async () => {
    const args = ['report', '--from', world.from, '--to', world.to, '--quiet'];
    const withRates = await hashesOf(join(folder, 'output'));
    expect((await runCli(args, { cwd: folder })).code).toBe(0);
    expect(await hashesOf(join(folder, 'output'))).toEqual(withRates);

    const elsewhere = await runCli(args, { cwd: folder, env: { SUBLEDGER_RATES: 'nowhere.csv' } });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('nowhere.csv does not exist')]);

    const text = readFileSync(join(folder, 'rates.csv'), 'utf8');
    await rm(join(folder, 'rates.csv'));
    expect((await runCli(args, { cwd: folder })).code).toBe(0);
    const without = await hashesOf(join(folder, 'output'));
    const changed = Object.keys(withRates).filter((path) => withRates[path] !== without[path]);
    expect(changed.map((path) => path.split('/')[1]).filter((name) => name !== 'customer_invoice_lines.csv')).toEqual(
      // What was found is told in these four.
      months.flatMap(() => ['findings.csv', 'reconciliation.md', 'report.html', 'run.json']),
    );
    expect(Object.keys(without).filter((path) => path.includes('invoice_lines'))).toEqual([]);

    const named = ['report', 'customer_invoice_lines', '--month', '2026-10', '--quiet'];
    const refused = await runCli(named, { cwd: folder });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--rates <file>');
    await writeFile(join(folder, 'other.csv'), text);
    const given = await runCli([...named, '--rates', 'other.csv'], { cwd: folder });
    expect(given.code).toBe(0);
    await writeFile(join(folder, 'asked.csv'), given.stdout);
    const asked = (await readRows(join(folder, 'asked.csv'))).map(({ customer_name: _, unit: __, ...row }) => row);
    expect(inOrder(asked)).toEqual(inOrder(expectedOf('2026-10')));
  });

  it('is refused as a whole, line by line, before anything is opened', async () => {
    const header = Object.keys(rates[0] ?? {}).join(',');
    await writeFile(join(folder, 'broken.csv'), `${header}\n,,,,USD,1,2,,\n,fax,,,EUR,1,,,\n,,,,USD,,,,\n`);
    const args = ['run', '--from', world.from, '--to', world.to, '--rates', 'broken.csv', '--data-dir', 'untouched'];
    const { code, stderr } = await runCli(args, { cwd: folder, env: environmentFor(simulator) });
    expect(code).toBe(2);
    for (const line of [
      'broken.csv: line 2: has both',
      'line 2: price_per_unit',
      'line 3: service',
      'line 4: has neither',
    ])
      expect(stderr).toContain(line);
    expect(await hashesOf(join(folder, 'untouched'))).toEqual({});
  });
});
