import { describe, expect, it } from 'vitest';
import { dayRange, monthName, shortDay } from '../../../src/domain/month-page/calendar.js';
import {
  counted,
  exact,
  percentOf,
  rounded,
  several,
  signed,
  tickLabel,
  unitsOf,
} from '../../../src/domain/month-page/figures.js';
import { type Content, html } from '../../../src/domain/month-page/html.js';

const textOf = (content: Content): string => html`${content}`.text.replaceAll(/<[^>]+>/g, '');

describe('an exact amount', () => {
  it.each([
    '0.00000000',
    '-0.01136200',
    '1234567.12345678',
    '999.00000001',
    '-1000.00000000',
    '12345678901234567890.5',
  ])('%s has no other text than that, whatever stands apart', (amount) => {
    expect(textOf(exact(amount))).toBe(amount);
  });

  it('stands in groups of three', () => {
    expect(exact('1234567.12345678').text).toBe(
      '<span class="n">1<span>234</span><span>567</span>.12<small>345678</small></span>',
    );
    expect(html`${counted('1234')}`.text).toBe('<span class="n">1<span>234</span></span>');
  });

  it('that is not known is never 0', () => {
    for (const unknown of [null, undefined])
      expect([textOf(exact(unknown)), textOf(counted(unknown))]).toEqual(['not known', 'not known']);
  });
});

describe('an amount for looking at', () => {
  it.each([
    ['0.00500000', '0.01', '+0.01'],
    ['0.00499999', '0.00', '+0.00'],
    ['-0.00499999', '0.00', '0.00'],
    ['-0.00500000', '−0.01', '−0.01'],
    ['0.00000000', '0.00', '0.00'],
    ['1234567.99500000', '1\u202F234\u202F568.00', '+1\u202F234\u202F568.00'],
    ['99999999999999999999.00000000', '99\u202F999\u202F999\u202F999\u202F999\u202F999\u202F999.00', undefined],
  ])('of %s is rounded half away from zero: %s', (amount, text, withSign) => {
    expect(rounded(unitsOf(amount))).toBe(text);
    if (withSign !== undefined) expect(signed(unitsOf(amount))).toBe(withSign);
  });

  it('is of eight decimals, or none at all', () => {
    for (const text of ['1', '1.0', '1e3', '', '.00000000', '1.000000000', '+1.00000000'])
      expect(() => unitsOf(text)).toThrow(RangeError);
  });

  it.each([
    [1n, 3n, '33.3\u202F%'],
    [-2n, 3n, '−66.7\u202F%'],
    [1n, -2n, '−50.0\u202F%'],
    [-1n, -2n, '50.0\u202F%'],
    [1n, 3000n, '0.0\u202F%'],
    [-1n, 3000n, '0.0\u202F%'],
    [1n, 2000n, '0.1\u202F%'],
    [0n, 7n, '0.0\u202F%'],
    [25n, 2n, '1\u202F250.0\u202F%'],
  ])('%s of %s is %s', (part, whole, text) => {
    expect(percentOf(part, whole)).toBe(text);
  });

  it('has no share of nothing', () => {
    expect(percentOf(5n, 0n)).toBeUndefined();
  });

  it.each([
    [0n, '0'],
    [2_000_00000000n, '2\u202F000'],
    [-5000000n, '−0.05'],
    [1n, '0.00000001'],
    [500_000_00000000n, '500\u202F000'],
    [-1_500_000_00000000n, '−1.5\u202FM'],
    [20_000_000_000_00000000n, '20\u202Fbn'],
    [5_000_000_000_000_000_00000000n, '5\u202F000\u202Ftn'],
  ])('of a tick has as few decimals as it needs', (units, text) => {
    expect(tickLabel(units)).toBe(text);
  });
});

describe('words', () => {
  it('count one and many', () => {
    expect([several(1, 'day'), several(0n, 'day'), several(12_345, 'currency', 'currencies')]).toEqual([
      '1 day',
      '0 days',
      '12\u202F345 currencies',
    ]);
  });

  it('name days and months', () => {
    expect([monthName('2026-10'), monthName('2027-01-31'), shortDay('2026-02-09')]).toEqual([
      'October 2026',
      'January 2027',
      '9 Feb',
    ]);
    expect([
      dayRange('2026-10-01', '2026-10-01'),
      dayRange('2026-10-01', '2026-10-31'),
      dayRange('2026-09-30', '2026-10-02'),
    ]).toEqual(['1 Oct', '1 to 31 Oct', '30 Sep to 2 Oct']);
  });
});
