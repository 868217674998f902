import fc from 'fast-check';
import type { RandomCost, RandomRate } from './expected-invoice.js';

const dayOf = (offset: number): string =>
  new Date(Date.parse('2026-09-25') + offset * 86_400_000).toISOString().slice(0, 10);
/** Some before the days of the report, some behind them. */
const day = fc.integer({ min: 0, max: 65 }).map(dayOf);
const currency = fc.constantFrom('USD', 'USD', 'JPY', 'KWD');

const decimal = (whole: fc.Arbitrary<number>, places: number): fc.Arbitrary<string> =>
  fc
    .tuple(whole, fc.integer({ min: 0, max: places }), fc.nat())
    .map(([number, length, digits]) =>
      length === 0 ? String(number) : `${number}.${String(digits).padStart(length, '0').slice(-length)}`,
    );

const markup = fc.oneof(
  fc.constantFrom('0', '50', '-100', '-50', '25', '999999.9999'),
  decimal(fc.integer({ min: 0, max: 300 }), 4),
  decimal(fc.integer({ min: -99, max: -1 }), 4),
);
const price = fc.oneof(fc.constantFrom('0', '0.005', '0.5', '0.00000001'), decimal(fc.integer({ min: 0, max: 9 }), 8));

const key = fc
  .record({
    customer_id: fc.constantFrom('', '', 'A', 'B', 'C'),
    service: fc.constantFrom('', 'calls', 'messages', 'other'),
    direction: fc.constantFrom('', 'inbound', 'outbound'),
    country_prefix: fc.constantFrom('', '1', '44'),
    currency,
  })
  .map((one) => (one.service === 'other' ? { ...one, direction: '', country_prefix: '' } : one));

/** Windows that follow each other, open or not at either end. */
const windows = fc
  .tuple(fc.uniqueArray(day, { maxLength: 3 }), fc.boolean(), fc.boolean())
  .map(([cuts, openStart, openEnd]) => {
    const days = cuts.toSorted();
    const bounds = [
      ...(openStart || days.length < 2 ? [''] : []),
      ...days,
      ...(openEnd || days.length < 2 ? [''] : []),
    ];
    return bounds.slice(1).map((to, index) => ({ valid_from: bounds[index] ?? '', valid_to: to }));
  });

const ofKey = fc.tuple(key, windows).chain(([one, parts]) =>
  fc.tuple(
    ...parts.map((part) =>
      fc.tuple(markup, price, fc.boolean()).map(([percent, unit, byUnit]): RandomRate => {
        const priced = byUnit && ['calls', 'messages'].includes(one.service);
        return { ...one, ...part, markup_percent: priced ? '' : percent, price_per_unit: priced ? unit : '' };
      }),
    ),
  ),
);

const keyOf = (rates: readonly RandomRate[]): string => {
  const [{ customer_id, service, direction, country_prefix, currency: code } = {} as RandomRate] = rates;
  return [customer_id, service, direction, country_prefix, code].join();
};

/** Rates of a file that is right, in any order of lines. */
export const randomRates: fc.Arbitrary<RandomRate[]> = fc
  .uniqueArray(ofKey, { selector: keyOf, minLength: 8, maxLength: 24 })
  .map((keys) => keys.flat())
  .chain((rates) => fc.shuffledSubarray(rates, { minLength: rates.length, maxLength: rates.length }));

/** Amounts that like to end in a half of a coin, and others. */
const amount = fc.oneof(
  fc.integer({ min: -40, max: 400 }).map((halves) => thousandths(halves * 5)),
  fc.integer({ min: -4, max: 40 }).map((halves) => thousandths(halves * 500)),
  decimal(fc.integer({ min: 0, max: 2_000_000_000 }), 8),
);

function thousandths(number: number): string {
  const digits = String(Math.abs(number)).padStart(4, '0');
  return `${number < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** The same thing on some days: the rate may be another one each time. */
const cost: fc.Arbitrary<RandomCost[]> = fc
  .record({
    account: fc.constantFrom('AC1', 'AC1', 'AC2', 'AC2', 'AC3', 'AC4'),
    days: fc.uniqueArray(day, { minLength: 1, maxLength: 5 }),
    currency: fc.constantFrom('USD', 'USD', 'USD', 'JPY', 'KWD', 'GBP', ''),
    service: fc.constantFrom('calls', 'messages', 'other'),
    second: fc.boolean(),
    direction: fc.constantFrom('inbound', 'outbound-api', 'trunking-terminating', ''),
    callingCode: fc.constantFrom('1', '44', ''),
    cost: amount,
    pricedUnits: fc.integer({ min: 0, max: 100_000 }),
    unpricedUnits: fc.integer({ min: 0, max: 30 }),
    unpricedCount: fc.integer({ min: 0, max: 3 }),
    pricedCount: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ second, days, pricedUnits, pricedCount, ...one }) => {
    const families = { calls: ['voice', 'trunking'], messages: ['sms', 'mms'], other: ['lookups', 'remainder'] };
    const [first = '', other = ''] = families[one.service as keyof typeof families];
    const isOther = one.service === 'other';
    return days.map((each) => ({
      ...one,
      day: each,
      family: second ? other : first,
      direction: isOther ? '' : one.direction,
      callingCode: isOther ? '' : one.callingCode,
      count: isOther ? 0n : BigInt(pricedCount + one.unpricedCount),
      units: BigInt(pricedUnits + one.unpricedUnits),
      unpricedCount: isOther ? 0n : BigInt(one.unpricedCount),
      unpricedUnits: BigInt(one.unpricedUnits),
    }));
  });

export const randomCosts: fc.Arbitrary<RandomCost[]> = fc
  .array(cost, { minLength: 15, maxLength: 40 })
  .map((costs) => costs.flat());
