import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CsvRow, csvText } from '../../src/adapters/csv.js';
import { focusBreaches, focusColumns } from '../support/focus-conformance.js';
import { configFor, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { readFields } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

/** What Twilio has and the dataset shows: docs/focus.md says which criteria it does without, and why. */
const criteria = new Set(['ACCOUNT_NAMING_SUPPORTED', 'SUB_ACCOUNT_SUPPORTED', 'USAGE_MEASUREMENT_SUPPORTED']);
const world = { seed: 1202, accounts: 12, records: 3000, from: '2026-09-24', to: '2026-10-04' };
const folder = suiteFolder();
const pathOf = (month: string): string => join(outputFolderOf(folder), month, 'focus_cost_and_usage.csv');

let published: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

beforeAll(async () => {
  const simulator = await startSimulatorHere(world);
  try {
    expect((await runPipeline(configFor(simulator, folder, world))).exitCode).toBe(0);
  } finally {
    await simulator.stop();
  }
  const [header = [], ...rows] = await readFields(pathOf('2026-09'));
  const [, ...more] = await readFields(pathOf('2026-10'));
  published = { header, rows: [...rows, ...more] };
});

describe('focus_cost_and_usage.csv of two published months', () => {
  it.each(['2026-09', '2026-10'])('conforms to FOCUS 1.2: %s', async (month) => {
    expect(focusBreaches(await readFile(pathOf(month), 'utf8'), criteria)).toEqual([]);
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

  it('would not conform to what it does not claim: list prices and SKUs', async () => {
    const more = new Set([...criteria, 'PUBLIC_PRICE_LIST_SUPPORTED', 'UNIT_PRICING_SUPPORTED']);
    expect(focusBreaches(await readFile(pathOf('2026-09'), 'utf8'), more)).toEqual(
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
      expect(
        focusBreaches(
          sample(() => undefined, kind),
          criteria,
        ),
      ).toEqual([]);
  });

  const mandatory = [...focusColumns.values()].filter(({ level }) => level === 'Mandatory');

  it.each(mandatory.map(({ column }) => column))('where %s is missing', (column) => {
    const text = sample((row) => delete row[column]);
    expect(focusBreaches(text, criteria)).toContain(`header: Mandatory column ${column} is missing`);
  });

  it.each(mandatory.filter(({ nullable }) => !nullable).map(({ column }) => column))('where %s is null', (column) => {
    expect(
      focusBreaches(
        sample((row) => (row[column] = null)),
        criteria,
      ),
    ).toContain(`line 2: ${column} is null`);
  });

  it.each(mandatory.map(({ column, type }) => [column, type] as const))('where %s is no %s', (column, type) => {
    const found = focusBreaches(
      sample((row) => (row[column] = wrong[type] ?? '')),
      criteria,
    );
    expect(found.filter((breach) => breach.startsWith(`line 2: ${column} `))).toHaveLength(1);
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
    expect(focusBreaches(sample(withSubaccount), criteria).join('\n')).toContain(breach);
  });

  it.each<[string, string]>([
    ['customer_id', 'customer_id is neither FOCUS nor x_ and Pascal case'],
    ['x_customer_id', 'x_customer_id is neither FOCUS nor x_ and Pascal case'],
    ['Customer', 'Customer is neither FOCUS nor x_ and Pascal case'],
    [`x_${'A'.repeat(50)}`, 'is longer than 50 characters'],
    ['RegionId', 'RegionId stands after a custom column'],
  ])('where a column is called %s', (name, breach) => {
    expect(
      focusBreaches(
        sample((row) => Object.assign(row, { [name]: '1' })),
        criteria,
      ).join('\n'),
    ).toContain(breach);
  });

  it('where a service has two categories', () => {
    const text = sample(() => undefined);
    const other = sample((row) => Object.assign(row, { ServiceCategory: 'Web', ServiceSubcategory: 'Other (Web)' }));
    const both = text + other.slice(other.indexOf('\n') + 1);
    expect(focusBreaches(both, criteria).join('\n')).toMatch(/service .* has several categories/);
  });

  it('and knows the 57 columns of the specification, 21 of them mandatory', () => {
    expect(focusColumns.size).toBe(57);
    expect(mandatory).toHaveLength(21);
  });
});
