import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCustomerMap } from '../../src/adapters/customer-file.js';
import { loadQueries } from '../../src/adapters/query-files.js';
import type { Config } from '../../src/config.js';
import { ConfigError } from '../../src/domain/errors.js';
import { ownSelect } from '../../src/domain/own-select.js';
import { type Query, queryNamed, reportsOf } from '../../src/domain/query.js';
import { askHere, type ReportRow } from '../support/ask-here.js';
import { type CliResult, runCli } from '../support/cli.js';
import { configFor, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

const world = { seed: 451, accounts: 8, records: 3000, from: '2026-09-26', to: '2026-10-06' };
/** Within October, so that the account that changes hands does so in the middle of a month. */
const handedOver = '2026-10-03';

const queries = await loadQueries();
const folder = suiteFolder();
let simulator: SimulatorHandle;
let config: Config;
let truth: Truth;
let sids: string[];
/** The test's own reading of the map. */
const customerOf = (account: string, day: string): string => {
  const [main, one, two, moved, early] = sids;
  if (account === main) return 'house';
  if (account === one || account === two) return '=1+1';
  if (account === moved) return day < handedOver ? 'first' : 'second';
  if (account === early) return day < '2026-09-30' ? 'early' : 'unallocated';
  return 'unallocated';
};

beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  truth = await simulator.truth(world);
  const busy = (sid: string): number =>
    truth.days.filter((day) => day.account_sid === sid).reduce((sum, { count }) => sum + count, 0);
  sids = truth.accounts.map((account) => account.account_sid).sort((a, b) => busy(b) - busy(a));
  const path = join(folder, 'customers.csv');
  const [main, one, two, moved, early] = sids;
  await writeFile(
    path,
    `account_sid,customer_id,customer_name,valid_from,valid_to
${main},house,House,,
${one},=1+1,"Many ""accounts""",,
${two},=1+1,,,
${moved},first,First,,${handedOver}
${moved},second,Second,${handedOver},
${early},early,Early,,2026-09-30
`,
  );
  config = configFor(simulator, folder, world, { customersFile: path, customerMap: await readCustomerMap(path) });
  await runPipeline(config);
});
afterAll(() => simulator.stop());

const ask = (reports: readonly Query[], filters: Parameters<typeof askHere>[3] = {}) =>
  askHere(config, queries, reports, filters);
const rowsOf = async (name: string, filters: Parameters<typeof askHere>[3] = {}): Promise<readonly ReportRow[]> =>
  (await ask([queryNamed(queries, name)], filters))[0] ?? [];
const has = (query: Query, column: string): boolean => query.columns.some(({ name }) => name === column);
const dayOf = (row: ReportRow): string | undefined => (row.day ?? row.charged_at)?.slice(0, 10);
const ranked = (query: Query): boolean => has(query, 'rank');

describe.each(reportsOf(queries).map((query) => [query.name, query] as const))('%s', (name, query) => {
  it('by customer has the whole report’s rows of that customer', async () => {
    if (ranked(query)) return;
    const byDay = has(query, 'account_sid') && (has(query, 'day') || has(query, 'charged_at'));
    if (!has(query, 'customer_id') && !byDay) return expect(has(query, 'customer_id')).toBe(false);
    const whole = await rowsOf(name);
    for (const customers of [['first'], ['second', '=1+1'], ['unallocated']]) {
      const own = whole.filter((row) =>
        customers.includes(row.customer_id ?? customerOf(row.account_sid ?? '', dayOf(row) ?? '')),
      );
      expect(await rowsOf(name, { customers })).toEqual(own);
    }
  });

  it('by account has the whole report’s rows of that account', async () => {
    if (ranked(query) || !has(query, 'account_sid')) return expect(true).toBe(true);
    const whole = await rowsOf(name);
    const accounts = [sids[3] ?? '', sids[6] ?? ''];
    const own = whole.filter((row) => accounts.includes(row.account_sid ?? ''));
    expect(await rowsOf(name, { accounts })).toEqual(own);
    const currencies = ['USD', 'JPY'];
    if (!has(query, 'currency') || !has(query, 'customer_id')) return;
    const moved = accounts.slice(0, 1);
    expect(await rowsOf(name, { accounts: moved, currencies, customers: ['second'] })).toEqual(
      own.filter(
        (row) =>
          row.account_sid === moved[0] && currencies.includes(row.currency ?? '') && row.customer_id === 'second',
      ),
    );
  });

  it('by currency has the whole report’s rows in that currency, or says that it has none', async () => {
    const wanted = rowsOf(name, { currencies: ['EUR'] });
    if (!has(query, 'currency'))
      return expect(wanted).rejects.toThrow(`${name} has no column currency: leave out --currency.`);
    expect(await wanted).toEqual((await rowsOf(name)).filter((row) => row.currency === 'EUR'));
  });
});

/** What the truth says of the customer's days: every account on the days on which it was the customer's. */
const scopes: readonly (readonly [string, { customers?: string[]; accounts?: number[] }])[] = [
  ['the customer that an account left within the month', { customers: ['first'] }],
  ['the customer that it came to', { customers: ['second'] }],
  ['a customer of several accounts', { customers: ['=1+1'] }],
  ['nobody', { customers: ['unallocated'] }],
  ['a customer of the past', { customers: ['early'] }],
  ['two customers', { customers: ['second', 'house'] }],
  ['an account', { accounts: [3] }],
  ['an account as far as it was a customer’s', { accounts: [3], customers: ['first'] }],
];

describe.each(scopes)('a report that does not tell whose its rows are, of %s', (_what, scope) => {
  const filters = () => ({ ...scope, accounts: (scope.accounts ?? []).map((index) => sids[index] ?? '') });
  const inScope = (account: string, day: string): boolean => {
    const { customers = [], accounts } = filters();
    return (
      (customers.length === 0 || customers.includes(customerOf(account, day))) &&
      (accounts.length === 0 || accounts.includes(account))
    );
  };

  it('price_times_duration is the truth', async () => {
    const found = new Map<string, bigint[]>();
    for (let day = Date.parse(world.from); day < Date.parse(world.to); day += 86_400_000) {
      const [from, to] = [day, day + 86_400_000].map((at) => new Date(at).toISOString().slice(0, 10)) as [
        string,
        string,
      ];
      for (const product of (await simulator.truth({ from, to })).products) {
        if (!inScope(product.account_sid, from)) continue;
        const key = `${product.month.slice(0, 7)} ${product.account_sid} ${product.currency}`;
        const [calls = 0n, cost = 0n, minutes = 0n] = found.get(key) ?? [];
        found.set(key, [
          calls + BigInt(product.calls),
          cost + unitsOf(product.cost),
          minutes + unitsOf(product.cost_times_minutes),
        ]);
      }
    }
    const expected = [...found].map(([key, [calls = 0n, cost = 0n, minutes = 0n]]) =>
      [key, calls, amountText(cost), amountText(minutes)].join(' '),
    );
    const rows = await rowsOf('price_times_duration', filters());
    expect(
      rows.map((row) =>
        [
          `${row.month?.slice(0, 7)} ${row.account_sid} ${row.currency}`,
          row.calls_count,
          row.charged_cost,
          row.price_times_minutes,
        ].join(' '),
      ),
    ).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(0);
  });

  it.each(['service_cost', 'country_cost'])('%s adds up to the truth, by currency and service', async (name) => {
    const expected = new Map<string, bigint[]>();
    for (const { account_sid, day, service, currency, count, cost, unpriced } of truth.days) {
      if (!inScope(account_sid, day)) continue;
      const key = `${day.slice(0, 7)} ${service} ${currency ?? ''}`;
      const [counts = 0n, costs = 0n, unpriceds = 0n] = expected.get(key) ?? [];
      expected.set(key, [counts + BigInt(count), costs + unitsOf(cost), unpriceds + BigInt(unpriced)]);
    }
    const reported = new Map<string, bigint[]>();
    for (const row of await rowsOf(name, filters())) {
      if (row.service === 'other') continue;
      const key = `${row.month?.slice(0, 7)} ${row.service} ${row.currency}`;
      const [counts = 0n, costs = 0n, unpriceds = 0n] = reported.get(key) ?? [];
      reported.set(key, [
        counts + BigInt(row.record_count ?? ''),
        costs + unitsOf(row.cost ?? ''),
        unpriceds + BigInt(row.unpriced_count ?? ''),
      ]);
    }
    expect(reported).toEqual(expected);
    expect(expected.size).toBeGreaterThan(0);
  });

  it('number_cost keeps its row of all others: it adds up to the truth', async () => {
    const sums = new Map<string, bigint>();
    for (const { account_sid, day, currency, cost } of truth.days) {
      if (!inScope(account_sid, day) || currency === null) continue;
      const key = `${day.slice(0, 7)} ${currency}`;
      sums.set(key, (sums.get(key) ?? 0n) + unitsOf(cost));
    }
    const reported = new Map<string, bigint>();
    for (const { month, currency, itemised_cost } of await rowsOf('number_cost', filters())) {
      if (currency === '') continue;
      const key = `${month?.slice(0, 7)} ${currency}`;
      reported.set(key, (reported.get(key) ?? 0n) + unitsOf(itemised_cost ?? ''));
    }
    expect(reported).toEqual(sums);
  });

  it('a SELECT of the user’s counts the accounts and records in scope only', async () => {
    const sql = `select (select count(*) from calls where not is_undated and charged_at >= $start and charged_at < $end) as calls,
      (select count(*) from accounts) as accounts, (select count(*) from ACCOUNTS) as again`;
    const [[row = {}] = []] = await ask([ownSelect('own.sql', sql)], filters());
    const calls = truth.days.filter((day) => day.service === 'calls' && inScope(day.account_sid, day.day));
    const days = ['2026-09-01', '2026-10-02', '2026-10-31'];
    const accounts = truth.accounts.filter(
      ({ account_sid, is_listed }) => is_listed && days.some((day) => inScope(account_sid, day)),
    ).length;
    expect(row).toEqual({
      calls: `${calls.reduce((sum, { count }) => sum + count, 0)}`,
      accounts: `${accounts}`,
      again: `${accounts}`,
    });
  });
});

describe('one report after the other', () => {
  it('is of the whole ledger again behind one that was divided', async () => {
    const filters = { customers: ['first'] };
    const names = ['unpriced_exposure', 'cost_trend', 'customer_cost', 'reconciliation'];
    const alone = await Promise.all(names.map((name) => rowsOf(name, filters)));
    const [, ...behind] = await ask(
      [queryNamed(queries, 'price_times_duration'), ...names.map((name) => queryNamed(queries, name))],
      filters,
    );
    expect(behind).toEqual(alone);
    expect(alone.every((rows) => rows.length > 0 || rows === alone[0])).toBe(true);
  });
});

describe('a filter that does not fit', () => {
  it.each([
    [
      'tie_out',
      { customers: ['first'] },
      'tie_out cannot be divided by customer: it has neither account_sid nor customer_id',
    ],
    ['reconciliation_summary', { customers: ['first'] }, 'reconciliation_summary cannot be divided by customer'],
    ['customer_cost', { accounts: [3] }, 'customer_cost cannot be divided by account: it has only customer_id'],
    ['unpriced_exposure', { accounts: [3] }, ''],
    ['customer_cost', { customers: ['nobody'] }, '--customer nobody: no account of that customer is known.'],
    ['customer_cost', { customers: ['FIRST', 'first'] }, '--customer FIRST: no account of that customer is known.'],
    ['account_cost', { accounts: [-1] }, `--account AC${'0'.repeat(32)}: no such account is known.`],
    [
      'account_cost',
      { accounts: [3], customers: ['house'] },
      '--customer house: no account of that customer is known among those asked for.',
    ],
  ])(
    'is refused: %s %o',
    async (name, { accounts = [], customers = [] }: { accounts?: number[]; customers?: string[] }, message) => {
      const wish = { customers, accounts: accounts.map((index) => sids[index] ?? `AC${'0'.repeat(32)}`) };
      const rows = rowsOf(name, wish);
      if (message === '') return expect((await rows).every((row) => row.account_sid === sids[3])).toBe(true);
      await expect(rows).rejects.toThrow(ConfigError);
      await expect(rows).rejects.toThrow(message);
    },
  );

  it('is refused of a SELECT that reads what cannot be divided', async () => {
    for (const sql of [
      'select count(*) as n from tasks',
      'select count(*) as n from TASKS',
      'select count(*) as n from Consolidated_Usage_Records',
    ])
      await expect(ask([ownSelect('own.sql', sql)], { customers: ['first'] })).rejects.toThrow(
        /cannot be divided by customer/,
      );
  });

  it('ends the program with 2, before a file is touched', async () => {
    const run = (...args: string[]): Promise<CliResult> =>
      runCli(['report', ...args, '--from', world.from, '--to', world.to], { cwd: folder });
    const unknown = await run('customer_cost', '--customer', 'nobody', '--output', 'x.csv');
    expect({ ...unknown, stderr: unknown.stderr.trim() }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: --customer nobody: no account of that customer is known.',
    });
    expect((await run('customer_cost', '--currency', 'usd')).stderr).toContain(
      '--currency usd is not an ISO 4217 code',
    );
    expect((await run('customer_cost', '--account', 'AC1')).code).toBe(2);
    expect((await run('--customer', 'first')).stderr).toContain('error: Name a report: --customer,');
  });
});
