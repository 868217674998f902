import { type CsvRecord, countProblem, fieldsOf } from './csv-record.js';
import { unallocated } from './customer-map.js';
import { type DatedEntry, headerProblems, inLineOrder, parseWindow, windowProblems } from './dated-csv.js';
import { unescapeFormula } from './formula.js';

/** What a customer is charged for a cost: one line of rates.csv. A field that is empty holds for any. */
export interface Rate extends DatedEntry {
  /** Empty = every customer. */
  readonly customerId: string;
  readonly service: '' | 'calls' | 'messages' | 'other';
  readonly direction: '' | 'inbound' | 'outbound';
  /** A calling code without plus. */
  readonly countryPrefix: string;
  /** ISO 4217: of the cost that the rate is for, and of the charge. */
  readonly currency: string;
  /** A decimal of at most four places, -100 or more; undefined where there is a price. */
  readonly markupPercent: string | undefined;
  /** A decimal of at most eight places, for a started minute or a segment; undefined where there is a mark-up. */
  readonly pricePerUnit: string | undefined;
}

export type ParsedRates = { readonly rates: readonly Rate[] } | { readonly problems: readonly string[] };

export const rateColumns = [
  'customer_id',
  'service',
  'direction',
  'country_prefix',
  'currency',
  'markup_percent',
  'price_per_unit',
  'valid_from',
  'valid_to',
] as const;

const services: readonly Rate['service'][] = ['', 'calls', 'messages', 'other'];
const directions: readonly Rate['direction'][] = ['', 'inbound', 'outbound'];

/** Assigned calling codes, told by their length as queries/macros/calling_code.sql does; source: ITU-T E.164, list of assigned codes. */
const callingCode =
  /^(?:[17]|2(?:[07]|[1-689]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[7-9]\d)|8(?:[1246]|[035789]\d)|9(?:[0-58]|[679]\d))$/;

export const isCallingCode = (text: string): boolean => callingCode.test(text);

/**
 * The rates of rates.csv, or everything that is wrong with it, each problem with its line. `currencies`: the ISO 4217 codes that are known,
 * each with the decimals of its smallest coin, empty where it has none.
 */
export function parseRates(records: readonly CsvRecord[], currencies: ReadonlyMap<string, string>): ParsedRates {
  const [header, ...rest] = records;
  if (header === undefined) return { problems: [`the file is empty; its first line must be ${rateColumns}`] };
  const problems = headerProblems(header, rateColumns);
  if (problems.length > 0) return { problems };
  if (rest.length === 0) return { problems: ['no rate follows the header; remove the file to do without rates'] };
  const names = header.fields.map((field) => field.trim());
  const rates: Rate[] = [];
  for (const record of rest) {
    const rate = parseRate(names, record, currencies, problems);
    if (rate !== undefined) rates.push(rate);
  }
  problems.push(...windowProblems(rates, ratesFollow));
  return problems.length > 0 ? { problems: inLineOrder(problems) } : { rates };
}

type Problem = (text: string) => void;
type Field = (name: (typeof rateColumns)[number]) => string;

function parseRate(
  names: readonly string[],
  record: CsvRecord,
  currencies: ReadonlyMap<string, string>,
  problems: string[],
): Rate | undefined {
  const { line } = record;
  const before = problems.length;
  const problem: Problem = (text) => void problems.push(`line ${line}: ${text}`);
  if (record.fields.length !== names.length) {
    problem(countProblem(names, record));
    return undefined;
  }
  const field = fieldsOf(names, record);
  // As reports have it: what a spreadsheet would run stands there with an apostrophe before it.
  const customerId = unescapeFormula(field('customer_id'));
  if (customerId === unallocated)
    problem(`customer_id "${unallocated}" is nobody: cost of unmapped accounts is not charged`);
  const rate = {
    line,
    customerId,
    ...parseSubject(field, problem),
    currency: parseCurrency(field('currency'), currencies, problem),
    ...parseAmounts(field, problem),
    ...parseWindow(field, problem),
  };
  return problems.length > before ? undefined : rate;
}

/** What the rate is for. */
function parseSubject(field: Field, problem: Problem): Pick<Rate, 'service' | 'direction' | 'countryPrefix'> {
  const service = services.find((name) => name === field('service').toLowerCase());
  if (service === undefined) problem(`service "${field('service')}" is none of calls, messages, other, or empty`);
  const direction = directions.find((name) => name === field('direction').toLowerCase());
  if (direction === undefined) problem(`direction "${field('direction')}" is neither inbound nor outbound, nor empty`);
  const countryPrefix = field('country_prefix');
  if (countryPrefix !== '' && !isCallingCode(countryPrefix))
    problem(`country_prefix "${countryPrefix}" is no calling code, as in 44: digits of an assigned code, without plus`);
  if (service === 'other' && (field('direction') !== '' || countryPrefix !== ''))
    problem('other charges have neither a direction nor a country; leave both empty');
  return { service: service ?? '', direction: direction ?? '', countryPrefix };
}

function parseCurrency(text: string, currencies: ReadonlyMap<string, string>, problem: Problem): string {
  const currency = text.toUpperCase();
  const minorUnit = currencies.get(currency);
  if (minorUnit === undefined) problem(`currency "${text}" is no currency of ISO 4217`);
  else if (minorUnit === '') problem(`currency ${currency} has no coin that a charge could be rounded to`);
  return currency;
}

function parseAmounts(field: Field, problem: Problem): Pick<Rate, 'markupPercent' | 'pricePerUnit'> {
  const [markup, price] = [field('markup_percent'), field('price_per_unit')];
  if (markup !== '' && price !== '') problem('has both markup_percent and price_per_unit; give one of them');
  if (markup === '' && price === '') problem('has neither markup_percent nor price_per_unit; give one of them');
  if (markup !== '' && !/^-?\d{1,6}(\.\d{1,4})?$/.test(markup))
    problem(`markup_percent "${markup}" is not a plain decimal of at most four places, as in 12.5`);
  else if (markup !== '' && tenThousandths(markup) < -1_000_000n)
    problem(`markup_percent "${markup}" is below -100, which would pay the customer`);
  if (price !== '' && !/^\d{1,10}(\.\d{1,8})?$/.test(price))
    problem(`price_per_unit "${price}" is not a plain decimal of at most eight places, as in 0.0125`);
  if (price !== '' && !['calls', 'messages'].includes(field('service').toLowerCase()))
    problem('price_per_unit needs the service calls (of a started minute) or messages (of a segment)');
  return { markupPercent: markup || undefined, pricePerUnit: price || undefined };
}

function tenThousandths(decimal: string): bigint {
  const [whole = '', places = ''] = decimal.split('.');
  return BigInt(whole + places.padEnd(4, '0'));
}

/** Of one key, one rate holds at any time: a gap would let a less exact rate in without anybody having said so. */
const ratesFollow = {
  keyOf: (rate: Rate): string =>
    JSON.stringify([rate.customerId, rate.service, rate.direction, rate.countryPrefix, rate.currency]),
  nameOf: (rate: Rate): string =>
    `the rate of ${[
      rate.customerId === '' ? 'every customer' : `customer ${rate.customerId}`,
      rate.service || 'any service',
      rate.direction || 'any direction',
      rate.countryPrefix === '' ? 'any country' : `+${rate.countryPrefix}`,
      rate.currency,
    ].join(', ')}`,
  isSame: (): boolean => true,
};
