import { amountText, unitsOfPlain } from './units.js';

/** A line of rates.csv as texts, empty = any. */
export type RandomRate = Readonly<
  Record<
    | 'customer_id'
    | 'service'
    | 'direction'
    | 'country_prefix'
    | 'currency'
    | 'markup_percent'
    | 'price_per_unit'
    | 'valid_from'
    | 'valid_to',
    string
  >
>;

/** What some records of a day cost that are alike, or one family of other charges. */
export interface RandomCost {
  readonly account: string;
  readonly day: string;
  readonly currency: string;
  readonly service: string;
  readonly family: string;
  /** Twilio's. */
  readonly direction: string;
  readonly callingCode: string;
  /** A plain decimal. */
  readonly cost: string;
  readonly count: bigint;
  readonly units: bigint;
  readonly unpricedCount: bigint;
  readonly unpricedUnits: bigint;
}

export interface ExpectedLine {
  /** As customer_invoice_lines has it, without what is merely a name. */
  readonly row: Readonly<Record<string, string | null>>;
  /** The charge lay exactly between two coins. */
  readonly isHalf: boolean;
}

/** ISO 4217, as far as these tests go. */
export const minorUnits: Readonly<Record<string, string>> = { USD: '2', EUR: '2', GBP: '2', JPY: '0', KWD: '3' };

interface Invoice {
  readonly start: { readonly day: string };
  readonly end: { readonly day: string };
  readonly customerOf: (account: string, day: string) => string;
}

const directionOf = (twilio: string): string => {
  if (twilio === 'inbound' || twilio === 'trunking-originating') return 'inbound';
  return twilio === '' ? '' : 'outbound';
};

/** A rate with its line in a file whose first line is the header. */
type Numbered = RandomRate & { readonly line: number };

/**
 * The rule as docs/rebilling.md tells it: of the rates that fit a cost on its day, those for the customer before the others, of these those
 * for the service, then for the direction, then for the country. Every cost by itself, rate by rate.
 */
function rateOf(rates: readonly Numbered[], cost: RandomCost, customer: string): Numbered | undefined {
  if (customer === 'unallocated') return undefined;
  const wanted = { customer_id: customer, service: cost.service, direction: directionOf(cost.direction) };
  const own = { ...wanted, country_prefix: cost.callingCode };
  let fitting = rates.filter(
    (rate) =>
      rate.currency === cost.currency &&
      (rate.valid_from === '' || rate.valid_from <= cost.day) &&
      (rate.valid_to === '' || cost.day < rate.valid_to) &&
      (['customer_id', 'service', 'direction', 'country_prefix'] as const).every(
        (name) => rate[name] === '' || rate[name] === own[name],
      ),
  );
  for (const name of ['customer_id', 'service', 'direction', 'country_prefix'] as const) {
    const exact = fitting.filter((rate) => rate[name] !== '');
    if (exact.length > 0) fitting = exact;
  }
  if (fitting.length > 1) throw new Error('two rates of one key hold on one day');
  return fitting[0];
}

const fixed = (text: string, places: number): string => {
  const [whole = '', digits = ''] = text.split('.');
  return `${whole}.${digits.padEnd(places, '0')}`;
};

/** Nearest whole number of `unit`s; halves go away from zero. */
function nearest(amount: bigint, unit: bigint): { readonly count: bigint; readonly isHalf: boolean } {
  const size = amount < 0n ? -amount : amount;
  const [count, rest] = [size / unit, size % unit];
  const rounded = 2n * rest >= unit ? count + 1n : count;
  return { count: amount < 0n ? -rounded : rounded, isHalf: 2n * rest === unit };
}

interface Sum {
  readonly cost: RandomCost;
  readonly customer: string;
  readonly rate: Numbered | undefined;
  units: bigint;
  quantity: bigint;
  count: bigint;
  unpriced: bigint;
}

export function expectedLines(
  rates: readonly RandomRate[],
  costs: readonly RandomCost[],
  { start, end, customerOf }: Invoice,
): ExpectedLine[] {
  const numbered = rates.map((rate, index) => ({ ...rate, line: index + 2 }));
  const sums = new Map<string, Sum>();
  for (const cost of costs) {
    if (cost.day < start.day || cost.day >= end.day) continue;
    const customer = customerOf(cost.account, cost.day);
    const rate = rateOf(numbered, cost, customer);
    const { currency, family, callingCode } = cost;
    const subject = [customer, currency, family, directionOf(cost.direction), callingCode];
    const key = JSON.stringify([cost.day.slice(0, 7), ...subject, rate?.line]);
    const sum = sums.get(key) ?? { cost, customer, rate, units: 0n, quantity: 0n, count: 0n, unpriced: 0n };
    sums.set(key, sum);
    sum.units += unitsOfPlain(cost.cost);
    sum.quantity += cost.units - cost.unpricedUnits;
    sum.count += cost.count;
    sum.unpriced += cost.unpricedCount;
  }
  return [...sums.values()].map(lineOf);
}

function lineOf({ cost, customer, rate, ...sum }: Sum): ExpectedLine {
  const { charge, isHalf } = chargeOf(rate, cost, sum);
  const row = {
    month: `${cost.day.slice(0, 7)}-01`,
    customer_id: customer,
    currency: cost.currency,
    service: cost.service,
    family: cost.family,
    direction: directionOf(cost.direction),
    calling_code: cost.callingCode,
    rate_line: rate === undefined ? null : String(rate.line),
    record_count: String(sum.count),
    quantity: cost.service === 'other' ? null : String(sum.quantity),
    cost: amountText(sum.units),
    markup_percent: rate?.markup_percent ? fixed(rate.markup_percent, 4) : null,
    price_per_unit: rate?.price_per_unit ? fixed(rate.price_per_unit, 8) : null,
    charge: charge === undefined ? null : amountText(charge).slice(0, -4),
    margin: charge === undefined ? null : amountText(charge - sum.units),
    unpriced_count: String(sum.unpriced),
  };
  return { row, isHalf };
}

/** The charge in hundred-millionths; worked out in as many places as nothing is lost in. */
function chargeOf(
  rate: Numbered | undefined,
  { currency }: RandomCost,
  { units, quantity }: Pick<Sum, 'units' | 'quantity'>,
): { readonly charge?: bigint; readonly isHalf: boolean } {
  if (rate === undefined) return { isHalf: false };
  const places = Number(minorUnits[currency]);
  // Hundred-millionths of the currency times ten-thousandths of a percent; or hundred-millionths of a price, brought to the same.
  const hundred = 1_000_000n;
  const exact =
    rate.price_per_unit === ''
      ? units * (hundred + unitsOfPlain(rate.markup_percent) / 10_000n)
      : unitsOfPlain(rate.price_per_unit) * quantity * hundred;
  const { count, isHalf } = nearest(exact, hundred * 10n ** BigInt(8 - places));
  return { charge: count * 10n ** BigInt(8 - places), isHalf };
}
