import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CsvRow, csvText } from '../../src/adapters/csv.js';
import { Store } from '../../src/adapters/store.js';
import type { Config } from '../../src/config.js';
import { monthWindow } from '../../src/domain/period.js';
import { queryNamed } from '../../src/domain/query.js';
import { selectEscaped } from '../../src/domain/report-sql.js';
import { fillInputs } from '../../src/pipeline/inputs.js';
import { compare } from '../../src/stages/reconcile.js';
import { makeTable } from '../../src/stages/report.js';
import { columnsOf, focusBreaches, focusColumns, focusVersions } from '../support/focus-conformance.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { readFields } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

/** What Twilio has and the dataset shows: docs/focus.md says which criteria it does without, and why. */
const criteria = new Set(['ACCOUNT_NAMING_SUPPORTED', 'SUB_ACCOUNT_SUPPORTED', 'USAGE_MEASUREMENT_SUPPORTED']);
const world = { seed: 1202, accounts: 12, records: 3000, from: '2026-09-24', to: '2026-10-04' };
const folder = suiteFolder();
const pathOf = (month: string): string => join(outputFolderOf(folder), month, 'focus_cost_and_usage.csv');

let config: Config;
let published: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

beforeAll(async () => {
  const simulator = await startSimulatorHere(world);
  try {
    config = configFor(simulator, folder, world);
    expect((await runPipeline(config)).exitCode).toBe(0);
  } finally {
    await simulator.stop();
  }
  const [header = [], ...rows] = await readFields(pathOf('2026-09'));
  const [, ...more] = await readFields(pathOf('2026-10'));
  published = { header, rows: [...rows, ...more] };
});

describe('focus_cost_and_usage.csv of two published months', () => {
  const months = ['2026-09', '2026-10'];
  it.each(months.flatMap((month) => focusVersions.map((version) => [month, version] as const)))(
    '%s conforms to FOCUS %s',
    async (month, version) => {
      expect(focusBreaches(await readFile(pathOf(month), 'utf8'), criteria, version)).toEqual([]);
    },
  );

  it('has every mandatory column that no version dropped, and two that 1.4 did', () => {
    const { header } = published;
    const columns = [...focusColumns.values()];
    const kept = columns.filter(({ level, until }) => level === 'Mandatory' && until === '');
    expect(kept.map(({ column }) => column).filter((column) => !header.includes(column))).toEqual([]);
    const dropped = columns.filter(({ until }) => until !== '').map(({ column }) => column);
    expect(header.filter((column) => dropped.includes(column))).toEqual(['ProviderName', 'PublisherName']);
  });

  it('has rows of every kind, so that conforming means something', () => {
    const values = (column: string): string[] => {
      const at = published.header.indexOf(column);
      return [...new Set(published.rows.map((row) => `${row[at]}`))].sort();
    };
    expect(values('ChargeCategory')).toEqual(expect.arrayContaining(['Purchase', 'Usage']));
    expect(values('x_Service')).toEqual(['calls', 'messages', 'other']);
    expect(values('PricingUnit')).toEqual(expect.arrayContaining(['Minutes', 'Segments', 'Units']));
    expect(values('x_UnpricedCount').length).toBeGreaterThan(1);
    expect(values('BillingCurrency').length).toBeGreaterThan(1);
    expect(values('SubAccountId')).toContain('');
    expect(values('x_CountryCode').length).toBeGreaterThan(3);
  });

  it.each([1, 7, 30])('is the same made %i days at a time', async (pieceDays) => {
    const store = await Store.open(dataFolderOf(folder), { command: 'test', at: 'now', pid: process.pid });
    try {
      const query = queryNamed(store.queries, 'focus_cost_and_usage');
      const period = monthWindow('2026-09');
      const rows = async (days: number): Promise<unknown> => {
        await makeTable(store.ledger, query, period, { pieceDays: days });
        return store.ledger.texts(query.name, selectEscaped(query));
      };
      await fillInputs(store.ledger, config);
      await compare({ sql: store.ledger, queries: store.queries }, period);
      const whole = await rows(31);
      expect(whole).toEqual(
        (await readFields(pathOf('2026-09'))).slice(1).map((row) => row.map((text) => text || null)),
      );
      expect(await rows(pieceDays)).toEqual(whole);
    } finally {
      await store.close();
    }
  });

  it('would not conform to what it does not claim: list prices and SKUs', async () => {
    const more = new Set([...criteria, 'PUBLIC_PRICE_LIST_SUPPORTED', 'UNIT_PRICING_SUPPORTED']);
    expect(focusBreaches(await readFile(pathOf('2026-09'), 'utf8'), more, '1.3')).toEqual(
      ['ListUnitPrice', 'SkuId', 'SkuMeter', 'SkuPriceDetails', 'SkuPriceId'].map(
        (column) => `header: Conditional column ${column} is missing`,
      ),
    );
  });
});

/** The first published row of a kind, as a file of its own, with one thing changed. */
function sample(change: (row: Record<string, string | null>) => void, kind = 'Usage'): string {
  const at = published.header.indexOf('ChargeCategory');
  const fields = published.rows.find((row) => row[at] === kind) ?? [];
  const row: Record<string, string | null> = Object.fromEntries(
    published.header.map((name, index) => [name, fields[index] || null]),
  );
  change(row);
  const names = Object.keys(row);
  const texts: CsvRow = names.map((name) => row[name] ?? null);
  const columns = names.map((name) => ({ name, type: '' }));
  return csvText(columns, [texts.map((text) => text)]);
}

/** A value that the column does not take, by its type. */
const wrong: Readonly<Record<string, string>> = {
  String: '',
  Decimal: '1,5',
  'Date/Time': '2026-09-30 00:00:00',
  'Key-Value': '[1]',
};

describe('the check of conformance can fail', () => {
  it('and does not, of rows as they were published', () => {
    for (const kind of ['Usage', 'Purchase'])
      for (const version of focusVersions)
        expect(
          focusBreaches(
            sample(() => undefined, kind),
            criteria,
            version,
          ),
        ).toEqual([]);
  });

  const mandatory = focusVersions.flatMap((version) =>
    columnsOf(version)
      .filter(({ level }) => level === 'Mandatory')
      .map(({ column, type, nullable }) => ({ version, column, type, nullable })),
  );

  it.each(mandatory)('where $column of $version is missing', ({ version, column }) => {
    const text = sample((row) => delete row[column]);
    expect(focusBreaches(text, criteria, version)).toContain(`header: Mandatory column ${column} is missing`);
  });

  it.each(mandatory.filter(({ nullable }) => !nullable))('where $column of $version is null', ({ version, column }) => {
    const text = sample((row) => (row[column] = null));
    expect(focusBreaches(text, criteria, version)).toContain(`line 2: ${column} is null`);
  });

  it.each(mandatory)('where $column of $version is no $type', ({ version, column, type }) => {
    const text = sample((row) => (row[column] = wrong[type] ?? ''));
    const found = focusBreaches(text, criteria, version);
    expect(found.filter((breach) => breach.startsWith(`line 2: ${column} `))).toHaveLength(1);
  });

  const addedIn13 = columnsOf('1.3').filter(({ level, since }) => level === 'Mandatory' && since === '1.3');

  it.each(addedIn13.map(({ column }) => column))('but not where %s is missing from a file of 1.2', (column) => {
    const text = sample((row) => delete row[column]);
    expect(focusBreaches(text, criteria, '1.2')).toEqual([]);
  });

  it.each<[string, (row: Record<string, string | null>) => void, string]>([
    ['the service provider is a placeholder', (row) => (row.ServiceProviderName = 'N/A'), 'ServiceProviderName "N/A"'],
    ['the host provider is a placeholder', (row) => (row.HostProviderName = 'unknown'), 'HostProviderName "unknown"'],
    ['the host provider is invented', (row) => (row.HostProviderName = 'Acme Cloud'), 'where no other host is known'],
    ['usage ran nowhere', (row) => (row.HostProviderName = null), 'HostProviderName: not null'],
    [
      'what has no SKU price is priced',
      (row) => Object.assign(row, { SkuPriceId: null }),
      'PricingQuantity: null where',
    ],
    ['what has no SKU price is consumed', (row) => Object.assign(row, { SkuPriceId: null }), 'ConsumedQuantity: null'],
    [
      'a contract is no object',
      (row) => Object.assign(row, { ContractApplied: '[1]' }),
      'ContractApplied "[1]" is no JSON',
    ],
  ])('where %s, which 1.3 forbids and 1.2 does not', (_, change, breach) => {
    expect(focusBreaches(sample(change), criteria, '1.3').join('\n')).toContain(breach);
    expect(focusBreaches(sample(change), criteria, '1.2').join('\n')).not.toContain(breach);
  });

  it.each<[string, (row: Record<string, string | null>) => void, string]>([
    ['a currency is no code', (row) => (row.BillingCurrency = 'usd'), 'BillingCurrency "usd" is no code of ISO 4217'],
    ['a value is not allowed', (row) => (row.ChargeCategory = 'Fee'), 'ChargeCategory "Fee" is none of'],
    ['a class is not allowed', (row) => (row.ChargeClass = 'Credit'), 'ChargeClass "Credit" is none of Correction'],
    ['a number has a plus', (row) => (row.BilledCost = '+1.5'), 'BilledCost "+1.5" is no number'],
    ['a number has a currency', (row) => (row.ListCost = '$1'), 'ListCost "$1" is no number'],
    ['a number has small e', (row) => (row.ListCost = '1e3'), 'ListCost "1e3" is no number'],
    ['there is no such day', (row) => (row.ChargePeriodEnd = '2026-02-30T00:00:00Z'), 'ChargePeriodEnd "2026-02-30'],
    ['a placeholder stands for null', (row) => (row.SubAccountName = 'N/A'), 'SubAccountName "N/A" is a placeholder'],
    [
      'the day has no length',
      (row) => (row.ChargePeriodEnd = `${row.ChargePeriodStart}`),
      'the charge period starts before it ends',
    ],
    ['a quantity has no unit', (row) => (row.PricingUnit = null), 'PricingUnit-C-005 and 006'],
    ['nothing is priced', (row) => (row.PricingQuantity = row.PricingUnit = null), 'PricingQuantity-C-005'],
    ['nothing is consumed', (row) => (row.ConsumedQuantity = row.ConsumedUnit = null), 'ConsumedQuantity-C-006'],
    ['a tax has a quantity', (row) => (row.ChargeCategory = 'Tax'), 'PricingQuantity-C-004'],
    ['a purchase consumes', (row) => (row.ChargeCategory = 'Purchase'), 'ConsumedQuantity-C-004'],
    ['a purchase is usage-based', (row) => (row.ChargeCategory = 'Purchase'), 'ChargeFrequency-C-004'],
    ['a subaccount has no name', (row) => (row.SubAccountName = null), 'SubAccountName-C-004 and 005'],
    ['a subcategory is another’s', (row) => (row.ServiceSubcategory = 'Messaging'), 'ServiceSubcategory-C-004'],
    ['the list cost is invented', (row) => (row.ListCost = '9.00000000'), 'ListCost-C-008'],
    ['the contracted cost is invented', (row) => (row.ContractedCost = '9.00000000'), 'ContractedCost-C-008'],
    ['the main account has no name', (row) => (row.BillingAccountName = null), 'BillingAccountName is null'],
    ['there is an empty text', (row) => (row.x_Direction = ''), 'x_Direction is an empty text'],
    ['tags are a list', (row) => Object.assign(row, { Tags: '["a"]' }), 'Tags "[\\"a\\"]" is no flat JSON object'],
    ['a SKU column is there and empty', (row) => Object.assign(row, { SkuId: null }), 'SkuId-C-005'],
  ])('where %s', (_, change, breach) => {
    const withSubaccount = (row: Record<string, string | null>): void => {
      row.SubAccountId = 'AC1';
      row.SubAccountName = 'Acme';
      change(row);
    };
    for (const version of focusVersions)
      expect(focusBreaches(sample(withSubaccount), criteria, version).join('\n')).toContain(breach);
  });

  it.each<[string, string]>([
    ['customer_id', 'customer_id is neither FOCUS nor x_ and Pascal case'],
    ['x_customer_id', 'x_customer_id is neither FOCUS nor x_ and Pascal case'],
    ['Customer', 'Customer is neither FOCUS nor x_ and Pascal case'],
    [`x_${'A'.repeat(50)}`, 'is longer than 50 characters'],
    ['RegionId', 'RegionId stands after a custom column'],
  ])('where a column is called %s', (name, breach) => {
    const text = sample((row) => Object.assign(row, { [name]: '1' }));
    for (const version of focusVersions) expect(focusBreaches(text, criteria, version).join('\n')).toContain(breach);
  });

  it('where a service has two categories', () => {
    const text = sample(() => undefined);
    const other = sample((row) => Object.assign(row, { ServiceCategory: 'Web', ServiceSubcategory: 'Other (Web)' }));
    const both = text + other.slice(other.indexOf('\n') + 1);
    expect(focusBreaches(both, criteria, '1.3').join('\n')).toMatch(/service .* has several categories/);
  });

  it.each([
    ['1.2', 57, 21],
    ['1.3', 65, 23],
  ] as const)('and knows the columns of %s: %i, %i of them mandatory', (version, all, needed) => {
    expect(columnsOf(version)).toHaveLength(all);
    expect(columnsOf(version).filter(({ level }) => level === 'Mandatory')).toHaveLength(needed);
  });
});
