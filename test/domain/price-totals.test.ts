import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText } from '../../src/domain/plain-decimal.js';
import { addTotals, type PriceTotal } from '../../src/domain/price-totals.js';
import { dropUris, withPrices } from '../../src/domain/slim-rows.js';

const received = (text: string): readonly PriceTotal[] | undefined => withPrices(dropUris(Buffer.from(text))).received;

const usd = (rows: number, priced: number, sum: bigint) => ({ currency: 'USD', rows, priced, sum });

describe('a price', () => {
  it.each([
    ['"-0.0085"', -850_000n],
    ['"0"', 0n],
    ['"-0"', 0n],
    ['"9999999999.99999999"', 999_999_999_999_999_999n],
    ['"0.12345678000"', 12_345_678n],
    ['"1.5"', 150_000_000n],
    ['-0.00750', -750_000n],
    ['12', 1_200_000_000n],
    [String.raw`"\u002d0.5"`, -50_000_000n],
    [String.raw`"0.\u0035"`, 50_000_000n],
  ])('%s counts', (price, sum) => {
    expect(received(`[{"price":${price},"price_unit":"USD"}]`)).toEqual([usd(1, 1, sum)]);
    expect(received(`[{"price_unit": "usd" , "price" : ${price}}]`)).toEqual([usd(1, 1, sum)]);
  });

  it.each([
    'null',
    '""',
    '"1e-3"',
    '1e-3',
    '-1E3',
    '"NaN"',
    '"1,5"',
    '"0.123456789"',
    '"12345678901"',
    '"1."',
    '".5"',
    '"+1"',
    '" 1"',
    '"1 "',
    '"-"',
    '"--1"',
    '"1.5.5"',
    'true',
    'false',
    '[1]',
    '{"a":"b"}',
    String.raw`"\u0041"`,
    String.raw`"1\""`,
  ])('%s is a row without a price', (price) => {
    expect(received(`[{"price":${price},"price_unit":"USD"}]`)).toEqual([usd(1, 0, 0n)]);
  });
});

describe('currencies', () => {
  it('are upper case, and empty where there is none; each has a total of its own', () => {
    const rows = [
      { price: '1', price_unit: 'usd' },
      { price: '2', price_unit: 'EUR' },
      { price: '3', price_unit: 'USD' },
      { price: null, price_unit: null },
      { price: '4', price_unit: '' },
      { price: '5', price_unit: 'euros' },
    ];
    expect(received(JSON.stringify(rows))).toEqual([
      { currency: '', rows: 2, priced: 1, sum: 400_000_000n },
      { currency: 'EUR', rows: 1, priced: 1, sum: 200_000_000n },
      { currency: 'EUROS', rows: 1, priced: 1, sum: 500_000_000n },
      usd(2, 2, 400_000_000n),
    ]);
  });

  it.each([
    ['missing in a row', '[{"price":"1"},{"price":"1","price_unit":"USD"}]'],
    ['there twice', '[{"price_unit":"USD","price":"1","to":"x","price_unit":"EUR"}]'],
    ['a number', '[{"price":"1","price_unit":1}]'],
    ['cut off', '[{"price":"1","price_unit":"US'],
  ])('cannot be told where a price unit is %s', (_, rows) => {
    expect(received(rows)).toBeUndefined();
  });

  it('are those of their own rows, wherever they stand in them', () => {
    const rows = '[{"price_unit":"USD","price":"1"},{"price":"2","to":"x","price_unit":"EUR"}]';
    expect(received(rows)).toEqual([
      { currency: 'EUR', rows: 1, priced: 1, sum: 200_000_000n },
      usd(1, 1, 100_000_000n),
    ]);
  });
});

it('a text that looks like a price is none', () => {
  const rows = [{ body: '"price":"9","price_unit":"EUR"', price: '1', price_unit: 'USD', note: 'price' }];
  expect(received(JSON.stringify(rows))).toEqual([usd(1, 1, 100_000_000n)]);
});

it('a key that stands twice counts twice: the rows are counted elsewhere', () => {
  expect(received('[{"price":"1","price":"2","price_unit":"USD"},{"price_unit":"USD"}]')).toEqual([
    usd(2, 2, 300_000_000n),
  ]);
});

it('sums beyond what a number holds exactly stay exact', () => {
  const count = 300_000;
  const row = '{"price":"9999999999.99999999","price_unit":"USD"}';
  const rows = `[${Array.from({ length: count }, () => row).join(',')}]`;
  expect(received(rows)).toEqual([usd(count, count, 999_999_999_999_999_999n * BigInt(count))]);
});

it('totals are added by currency, and written as DuckDB writes a DECIMAL(38,8)', () => {
  const eur = { currency: 'EUR', rows: 1, priced: 0, sum: 0n };
  expect(addTotals([usd(1, 1, -5n), eur, usd(2, 1, -100_000_000n)])).toEqual([eur, usd(3, 2, -100_000_005n)]);
  expect([0n, 5n, -5n, -100_000_005n, 123_456_789_012n].map(decimalText)).toEqual([
    '0.00000000',
    '0.00000005',
    '-0.00000005',
    '-1.00000005',
    '1234.56789012',
  ]);
});

describe('over random rows (JSON.parse and the rule as a pattern are the oracle; a failure prints its seed)', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"price":"1"', '","price_unit":"EUR', '\\', '"'),
  );
  const price = fc.oneof(
    fc.stringMatching(/^-?\d{0,11}(\.\d{0,9}0{0,3})?$/),
    fc.constantFrom(null, '', '-0.0085', '-0.0125', '1e-3', '0.000000001', '0.100000000', 0.5, -1, 1e-7),
    nasty,
  );
  const unit = fc.constantFrom('USD', 'usd', 'EUR', 'Jpy', '', null, 'a"b', 'ab\\"');
  const row = fc.oneof(
    fc.record({ sid: nasty, price, price_unit: unit, body: nasty }),
    fc.record({ price_unit: unit, body: nasty, price }),
  );

  it('rows, priced rows and sums are those of the parsed rows', () => {
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom(0, 2), (rows, indent) => {
        const text = JSON.stringify(rows, null, indent);
        expect(received(text)).toEqual(oracle(text));
      }),
      { numRuns: 3000 },
    );
  });
});

function oracle(text: string): PriceTotal[] {
  const sums = new Map<string, { rows: number; priced: number; sum: bigint }>();
  for (const { price, price_unit } of JSON.parse(text) as { price: unknown; price_unit: string | null }[]) {
    const currency = (price_unit ?? '').toUpperCase();
    const sum = sums.get(currency) ?? { rows: 0, priced: 0, sum: 0n };
    sums.set(currency, sum);
    sum.rows += 1;
    const match = /^(-?)(\d{1,10})(?:\.(\d{1,8})0*)?$/.exec(String(price));
    if (match === null) continue;
    sum.priced += 1;
    sum.sum += BigInt(`${match[1]}1`) * BigInt(`${match[2]}${(match[3] ?? '').padEnd(8, '0')}`);
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum })).sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
