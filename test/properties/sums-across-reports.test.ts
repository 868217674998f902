import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCustomerMap } from '../../src/adapters/customer-file.js';
import { Draw } from '../support/draw.js';
import { inWorldOf } from '../support/in-world.js';
import { configFor, outputFolderOf, runPipeline } from '../support/pipeline-run.js';
import { filesBelow, type Row, readRows } from '../support/published.js';
import type { SimulatorHandle } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

/**
 * Whatever was pulled, and whosever the accounts are: every report of a month adds up to the same, by currency, and for each customer where
 * it tells customers. The sums are made here, of the published texts. `SUBLEDGER_TEST_SEED=<seed> SUBLEDGER_TEST_SUMS=1` plays one again.
 */

const worlds = Number(process.env.SUBLEDGER_TEST_SUMS ?? 10);
const firstSeed = Number(process.env.SUBLEDGER_TEST_SEED ?? 4100);
const days = ['2026-10-01', '2026-10-02', '2026-10-03'];

/** Sums by customer, where a report tells it, and currency. */
class Sums {
  private readonly units = new Map<string, bigint>();

  add(currency: string | undefined, customer: string | undefined, amount: string | undefined): void {
    if (amount === undefined || amount === '') return;
    const key = `${currency} ${customer}`;
    this.units.set(key, (this.units.get(key) ?? 0n) + unitsOf(amount));
  }

  /** What is not 0, sorted. `where`: of which customers and currencies; `byCustomer`: each by itself, or all together. */
  lines(byCustomer: boolean, where: (currency: string, customer: string) => boolean = () => true): string[] {
    const together = new Map<string, bigint>();
    for (const [key, units] of this.units) {
      const [currency = ''] = key.split(' ', 1);
      const customer = key.slice(currency.length + 1);
      if (!where(currency, customer)) continue;
      const name = byCustomer ? key : currency;
      together.set(name, (together.get(name) ?? 0n) + units);
    }
    return [...together]
      .filter(([, units]) => units !== 0n)
      .map(([name, units]) => `${name} ${amountText(units)}`)
      .sort();
  }
}

interface Told {
  readonly itemised: Sums;
  readonly other: Sums;
}

const told = (): Told => ({ itemised: new Sums(), other: new Sums() });

/** customer_cost, account_cost and customer_cost_by_day have the same columns. */
function ofCostRows(rows: readonly Row[], counts = (_currency: string, _amount: string): boolean => true): Told {
  const sums = told();
  const add = (sums: Sums, { currency = '', customer_id }: Row, amount = ''): void => {
    if (amount !== '' && counts(currency, amount)) sums.add(currency, customer_id, amount);
  };
  for (const row of rows) {
    add(sums.itemised, row, row.calls_cost);
    add(sums.itemised, row, row.messages_cost);
    add(sums.other, row, row.other_cost);
  }
  return sums;
}

/** The journal has no line for a cost that rounds to nothing: below half a cent, or half a yen. */
function isBooked(currency: string, amount: string): boolean {
  const units = unitsOf(amount);
  return (units < 0n ? -units : units) * 2n >= (currency === 'JPY' ? 100_000_000n : 1_000_000n);
}

async function ofStatements(folder: string): Promise<Told> {
  const sums = told();
  for (const path of await filesBelow(join(folder, 'customers'))) {
    if (basename(path) === 'index.csv') continue;
    for (const row of await readRows(path))
      sums[row.service === 'other' ? 'other' : 'itemised'].add(row.currency, row.customer_id, row.cost);
  }
  return sums;
}

function ofFocus(rows: readonly Row[]): Told {
  const sums = told();
  for (const row of rows) {
    const side = row.x_Service === 'other' ? sums.other : sums.itemised;
    side.add(row.BillingCurrency, row.x_CustomerId, row.BilledCost);
  }
  return sums;
}

/** Cost lines: 1 calls, 2 messages, 3 other; 4 is the liability, which must be the rest of each entry. */
function ofJournal(rows: readonly Row[]): Told {
  const sums = told();
  const balances = new Map<string, bigint>();
  const whole = (text = ''): bigint => (text === '' ? 0n : unitsOf(`${text}0000`));
  for (const row of rows) {
    if (row.line !== '4')
      sums[row.line === '3' ? 'other' : 'itemised'].add(row.currency, row.customer, row.exact_amount);
    const entry = `${row.external_id} ${row.currency}`;
    balances.set(entry, (balances.get(entry) ?? 0n) + whole(row.debit) - whole(row.credit));
  }
  expect([...balances].filter(([, balance]) => balance !== 0n)).toEqual([]);
  return sums;
}

/** Without customers: by service alone. */
function ofServices(rows: readonly Row[]): Told {
  const sums = told();
  for (const row of rows) sums[row.service === 'other' ? 'other' : 'itemised'].add(row.currency, '', row.cost);
  return sums;
}

async function expectSameSums(folder: string, isAllUsageKnown: boolean): Promise<void> {
  const rows = (name: string): Promise<Row[]> => readRows(join(folder, `${name}.csv`));
  const headline = await rows('customer_cost');
  const wanted = ofCostRows(headline);
  // Where one account-day is not known, the headline knows no other cost of that customer's month; others may know a part.
  const unknown = new Set(
    headline.filter((row) => row.currency !== '' && row.other_cost === '').map((row) => row.customer_id),
  );
  const isKnown = (_: string, customer: string): boolean => !unknown.has(customer);
  const reports: [string, Told, Told][] = [
    ['account_cost', ofCostRows(await rows('account_cost')), wanted],
    ['customer_cost_by_day', ofCostRows(await rows('customer_cost_by_day')), wanted],
    ['customers/', await ofStatements(folder), wanted],
    ['focus_cost_and_usage', ofFocus(await rows('focus_cost_and_usage')), wanted],
    ['journal', ofJournal(await rows('journal')), ofCostRows(headline, isBooked)],
  ];
  for (const [name, sums, own] of reports) {
    expect(sums.itemised.lines(true), name).toEqual(own.itemised.lines(true));
    expect(sums.other.lines(true, isKnown), name).toEqual(own.other.lines(true, isKnown));
  }
  for (const name of ['service_cost', 'country_cost'])
    expect(ofServices(await rows(name)).itemised.lines(false), name).toEqual(wanted.itemised.lines(false));
  if (isAllUsageKnown)
    expect(ofServices(await rows('service_cost')).other.lines(false)).toEqual(wanted.other.lines(false));
}

/** A map in which accounts share a customer, change hands, or belong to nobody; or none at all. */
async function drawCustomers(draw: Draw, simulator: SimulatorHandle, folder: string): Promise<string | undefined> {
  if (draw.chance(30)) return undefined;
  const { accounts } = await simulator.truth();
  const lines = accounts.flatMap(({ account_sid: sid }) => {
    const [first, second] = [`c${draw.int(1, 3)}`, `c${draw.int(4, 6)}`];
    const day = draw.pick(days);
    if (draw.chance(20)) return [];
    if (draw.chance(40)) return [`${sid},${first},,,${day}`, `${sid},${second},,${day},`];
    return [`${sid},${first},,,${draw.chance(20) ? day : ''}`];
  });
  const path = join(folder, 'customers.csv');
  await writeFile(path, ['account_sid,customer_id,customer_name,valid_from,valid_to', ...lines, ''].join('\n'));
  return path;
}

describe('reports add up to the same', () => {
  it.each(Array.from({ length: worlds }, (_, index) => firstSeed + index))('seed %i', async (seed) => {
    const draw = new Draw(seed);
    const world = { seed, accounts: draw.int(2, 6), records: draw.int(20, 200), from: '2026-10-01', to: '2026-10-04' };
    await inWorldOf(world, async (simulator, folder) => {
      const path = await drawCustomers(draw, simulator, folder);
      const { accounts } = await simulator.truth();
      const broken = draw.some(accounts, draw.int(0, 2)).map(({ account_sid: sid }) => sid);
      const list = draw.pick(['Usage', 'Calls', 'Messages', '']);
      // As one who may not see it: the list is refused, and what it holds is not known.
      await simulator.setFaults(
        broken.map((sid) => ({ match: { path: `/Accounts/${sid}/${list}` }, action: { status: 403 } })),
      );
      const isAllUsageKnown = broken.length === 0 || !['Usage', ''].includes(list);
      const maps = path === undefined ? {} : { customersFile: path, customerMap: await readCustomerMap(path) };
      await runPipeline(configFor(simulator, folder, world, maps), { now: '2026-10-20T00:00:00Z' });
      await expectSameSums(join(outputFolderOf(folder), '2026-10'), isAllUsageKnown);
    });
  });
});
