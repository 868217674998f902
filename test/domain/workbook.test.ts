import { describe, expect, it } from 'vitest';
import { minorUnitsOf } from '../../src/domain/minor-units.js';
import { kindOf, totalsRow } from '../../src/domain/report-shape.js';
import { serialOf, sheetsOf } from '../../src/domain/workbook.js';
import { cellText, sheetName } from '../../src/domain/workbook-text.js';

const shape = (columns: readonly (readonly [string, string])[], totals: readonly string[] = []) => ({
  name: 'customer_cost',
  purpose: '',
  columns: columns.map(([name, type]) => ({ name, type, note: '' })),
  totals,
});
const byCurrency = shape(
  [
    ['customer', 'VARCHAR'],
    ['currency', 'VARCHAR'],
    ['calls', 'BIGINT'],
    ['cost', 'DECIMAL(38,8)'],
  ],
  ['cost', 'calls'],
);

describe('sheets of a report', () => {
  it('are one for each currency, in order, with its rows and its totals', () => {
    const rows = [
      ['a', 'USD', '1', '0.10000000'],
      ['a', '', '2', '0.00000000'],
      ['b', null, '3', '0.00000000'],
      ['b', 'EUR', '4', '0.20000000'],
      ['c', 'USD', '5', '0.30000000'],
    ];
    const totals = [
      ['', '0.00000000', '2'],
      ['EUR', '0.20000000', '4'],
      ['USD', '0.40000000', '6'],
      [null, null, '3'],
    ];
    const sheets = sheetsOf(byCurrency, rows, totals);
    expect(sheets.map(({ name }) => name)).toEqual(['EUR', 'USD', 'no currency', 'currency not known']);
    expect(sheets.map(({ rows: of }) => of.map(([, , calls]) => calls))).toEqual([['4'], ['1', '5'], ['2'], ['3']]);
    expect(sheets.map(({ totals: of }) => of?.texts)).toEqual([
      ['Total', 'EUR', '4', '0.20000000'],
      ['Total', 'USD', '6', '0.40000000'],
      ['Total', '', '2', '0.00000000'],
      ['Total', null, '3', null],
    ]);
  });

  it('are one by the report’s name without a currency, or without a row', () => {
    const plain = shape(
      [
        ['customer', 'VARCHAR'],
        ['calls', 'BIGINT'],
      ],
      ['calls'],
    );
    expect(sheetsOf(plain, [['a', '1']], [[null, '1']])).toMatchObject([
      { name: 'customer_cost', totals: { texts: ['Total', '1'] } },
    ]);
    expect(sheetsOf(byCurrency, [], [])).toMatchObject([{ name: 'customer_cost', rows: [], totals: undefined }]);
    expect(sheetsOf({ ...byCurrency, totals: [] }, [['a', 'USD', '1', '1']], [['USD']])[0]?.totals).toBeUndefined();
  });

  const costs = (currency: string, texts: readonly (string | null)[], total = '0') =>
    sheetsOf(
      byCurrency,
      texts.map((text) => ['a', currency, '1', text]),
      [[currency, total, '1']],
    )[0]?.columns.slice(3);

  it.each([
    ['USD', ['1.00000000', null], '#,##0.00'],
    ['USD', ['1.00750000', '2.50000000'], '#,##0.0000'],
    ['USD', ['0.00000001'], '#,##0.00000000'],
    ['JPY', ['12.00000000'], '#,##0'],
    ['JPY', ['12.50000000'], '#,##0.0'],
    ['KWD', ['1.00000000'], '#,##0.000'],
    ['', ['1.00000000'], '#,##0.00'],
  ])('show amounts in %s such as %j as %s', (currency, texts, format) => {
    expect(costs(currency, texts)).toMatchObject([{ title: 'cost', format }]);
  });

  it.each([
    [['1234567.12345678'], false],
    [['-1234567.12345678'], false],
    [['12345678.12345678'], true],
    [['-12345678.12345678'], true],
    [['123456789012345.00000000'], false],
    [['1234567890123456.00000000'], true],
    [['10000000000000000000.00000000'], false],
    [['0.00000001', null], false],
    [['NaN'], false],
  ])('have the exact texts of %j beside: %s', (texts, beside) => {
    const titles = costs('USD', texts)?.map(({ title, kind }) => [title, kind]);
    expect(titles).toEqual([['cost', 'number'], ...(beside ? [['cost (exact)', 'text']] : [])]);
  });

  it('have the exact texts beside where only the total is too long', () => {
    expect(costs('USD', ['9999999.99999999'], '19999999.99999999')).toHaveLength(2);
  });
});

describe('the row of totals', () => {
  it('is labelled in the first column that neither adds up nor is the currency', () => {
    const { columns } = shape([
      ['cost', 'BIGINT'],
      ['currency', 'VARCHAR'],
      ['month', 'DATE'],
    ]);
    expect(totalsRow({ columns, totals: ['cost'] }, ['USD', '5'])).toEqual({ label: 2, texts: ['5', 'USD', 'Total'] });
    expect(totalsRow({ columns: columns.slice(0, 1), totals: ['cost'] }, [null, '5'])).toEqual({
      label: -1,
      texts: ['5'],
    });
  });
});

describe('days and times of a sheet', () => {
  it.each([
    ['1900-03-01', 61],
    ['1970-01-01', 25_569],
    ['2026-10-01', 46_296],
    ['2026-10-01T00:00:00Z', 46_296],
    ['2026-10-01T18:00:00Z', 46_296.75],
    ['9999-12-31', 2_958_465],
    ['9999-12-31T23:59:59Z', 2_958_465 + Math.ceil((86_399 * 2 ** 31) / 86_400) / 2 ** 31],
    ['1900-02-28', undefined],
    ['0001-01-01', undefined],
    ['10000-01-01', undefined],
    ['infinity', undefined],
    ['2026-10-01T18:00:00', undefined],
  ])('%s is %s', (text, serial) => {
    expect(serialOf(text)).toBe(serial);
  });
});

describe('texts of a cell', () => {
  it.each([
    ['Acme\t\n\u0085 é 👩\u200d👧', 'Acme\t\n\u0085 é 👩\u200d👧'],
    ['a\r\n', 'a_x000D_\n'],
    ['\0\u001f\u007f\ufffd\uffff', '_x0000__x001F__x007F__xFFFD__xFFFF_'],
    ['\u{1fffe}', '_xD83F__xDFFE_'],
    ['_x0041_', '_x005F_x0041_'],
    ['_x0041_x0042_', '_x005F_x0041_x005F_x0042_'],
    ['_x1_ _x00\u0001_', '_x005F_x1_ _x005F_x00_x0001__'],
    ['_x00410_ _X0041_ _xg_ x0041_', '_x00410_ _X0041_ _xg_ x0041_'],
  ])('%j is written %s', (text, written) => {
    expect(cellText(text)).toBe(written);
  });
});

describe('names of sheets', () => {
  it.each([
    ['USD', [], 'USD'],
    ['usd', ['USD'], 'usd (2)'],
    ['USD', ['USD', 'usd (2)'], 'USD (3)'],
    ['[a]:*?/\\b', [], '_a______b'],
    ["'a'b'", [], "_a'b_"],
    ['', [], '_'],
    ['  ', [], '_'],
    ['History', [], 'History_'],
    ['a\0\u202e', [], 'a__'],
    ['x'.repeat(40), [], 'x'.repeat(31)],
    ['x'.repeat(40), ['x'.repeat(31)], `${'x'.repeat(27)} (2)`],
    [`${'x'.repeat(30)}😀`, [], 'x'.repeat(30)],
    [`${'x'.repeat(30)}'x`, [], `${'x'.repeat(30)}_`],
  ])('%j beside %j is %j', (wanted, taken, name) => {
    expect(sheetName(wanted, taken)).toBe(name);
  });
});

it('kinds of columns go by type', () => {
  const kinds = [
    'DECIMAL(18,8)',
    'BIGINT',
    'HUGEINT',
    'UTINYINT',
    'INTEGER',
    'VARCHAR',
    'DATE',
    'TIMESTAMP',
    'BOOLEAN',
  ];
  expect(kinds.map(kindOf).join(' ')).toBe('number number number number number text date time boolean');
  expect(['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'].map(kindOf)).toEqual(Array(5).fill('number'));
  expect(['INTEGER[]', 'INTERVAL', 'DOUBLE', 'BLOB'].map(kindOf)).toEqual(['text', 'text', 'text', 'text']);
});

it('minor units are those of ISO 4217', () => {
  expect(['USD', 'JPY', 'KWD', 'CLF', '', 'constructor'].map(minorUnitsOf)).toEqual([2, 0, 3, 4, 2, 2]);
});
