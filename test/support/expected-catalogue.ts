import { byBytes, type CustomerOf } from './expected-ledger.js';
import { compareLists } from './expected-records.js';
import type { Row } from './published.js';
import type { SimulatorHandle, Truth } from './simulator.js';
import { type ApiRecord, instantText, listRecords } from './simulator-records.js';
import { amountText, unitsOfPlain } from './units.js';

/** A call or message as the simulator's API shows it, less those that never took place and have no price. */
export interface CatalogueRecord {
  readonly service: 'calls' | 'messages';
  readonly sid: string;
  readonly account: string;
  readonly at: string;
  readonly direction: string;
  readonly status: string;
  readonly own: string;
  readonly outside: string;
  readonly currency: string;
  /** Hundred-millionths, positive = charged; undefined = unpriced. */
  readonly cost: bigint | undefined;
  readonly minutes: number;
  readonly segments: number;
  readonly numberSid: string;
  readonly messagingService: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function recordOf(service: 'calls' | 'messages', row: ApiRecord): CatalogueRecord | undefined {
  const [calls, date] = [service === 'calls', service === 'calls' ? row.start_time : row.date_sent];
  if (date === null && row.price === null) return undefined;
  const direction = text(row.direction);
  const comesIn = direction === 'inbound' || direction === 'trunking-originating';
  return {
    service,
    sid: text(row.sid),
    account: text(row.account_sid),
    at: instantText(date ?? row.date_created),
    direction,
    status: text(row.status),
    own: text(comesIn ? row.to : row.from),
    outside: text(comesIn ? row.from : row.to),
    currency: text(row.price_unit).toUpperCase(),
    cost: row.price === null ? undefined : -unitsOfPlain(text(row.price)),
    minutes: calls ? Math.ceil(Number(row.duration ?? 0) / 60) : 0,
    segments: calls ? 0 : Number(row.num_segments),
    numberSid: calls && comesIn ? text(row.phone_number_sid) : '',
    messagingService: text(row.messaging_service_sid),
  };
}

/** Everything that every account lists, asked for without the product. */
export async function catalogueRecords(simulator: SimulatorHandle, truth: Truth): Promise<CatalogueRecord[]> {
  const found: CatalogueRecord[] = [];
  for (const { account_sid: account } of truth.accounts.filter((one) => one.is_listed)) {
    for (const service of ['calls', 'messages'] as const) {
      const rows = await listRecords(simulator, account, service === 'calls' ? 'Calls' : 'Messages');
      for (const row of rows) found.push(...[recordOf(service, row) ?? []].flat());
    }
  }
  return found;
}

/** Country by prefix: the rows of the seed, looked through for the longest that the number begins with. */
export type CountryOf = (address: string) => { code: string; name: string; calling: string };

export function countryFinder(rows: readonly (readonly string[])[]): CountryOf {
  return (address) => {
    const digits = /^(?:whatsapp:|rcs:)?\+(\d+)/.exec(address)?.[1] ?? '-';
    const fitting = rows.filter(([prefix = '']) => digits.startsWith(prefix));
    const [, calling = '', code = '', name = ''] =
      fitting.toSorted((a, b) => `${b[0]}`.length - `${a[0]}`.length)[0] ?? [];
    return { code, name, calling };
  };
}

interface Sums {
  count: number;
  minutes: number;
  segments: number;
  cost: bigint;
  unpriced: number;
}

/** Sums by key, in the order of the key's parts. */
export function sumsBy(
  records: readonly CatalogueRecord[],
  keyOf: (record: CatalogueRecord) => readonly string[],
): [readonly string[], Sums][] {
  const groups = new Map<string, [readonly string[], Sums]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key.join('\0')) ?? [key, { count: 0, minutes: 0, segments: 0, cost: 0n, unpriced: 0 }];
    groups.set(key.join('\0'), group);
    group[1].count += 1;
    group[1].minutes += record.minutes;
    group[1].segments += record.segments;
    group[1].cost += record.cost ?? 0n;
    group[1].unpriced += record.cost === undefined ? 1 : 0;
  }
  return [...groups.values()].sort(([a], [b]) => compareLists(a, b));
}

const figuresOf = ({ count, minutes, segments, cost, unpriced }: Sums): Row => ({
  record_count: `${count}`,
  minutes: `${minutes}`,
  segments: `${segments}`,
  cost: amountText(cost),
  unpriced_count: `${unpriced}`,
});

/** Without the rows of other cost. */
export const serviceRows = (month: string, records: readonly CatalogueRecord[]): Row[] =>
  sumsBy(records, ({ service, direction, currency }) => [service, direction, currency]).map(
    ([[service = '', direction = '', currency = ''], sums]) => ({
      month,
      service,
      direction,
      currency,
      ...figuresOf(sums),
    }),
  );

export const countryRows = (month: string, records: readonly CatalogueRecord[], countryOf: CountryOf): Row[] =>
  sumsBy(records, ({ service, direction, outside, currency }) => {
    const { code, name, calling } = countryOf(outside);
    return [service, direction, code, calling, currency, name];
  }).map(
    ([
      [service = '', direction = '', country_code = '', calling_code = '', currency = '', country_name = ''],
      sums,
    ]) => ({
      month,
      service,
      direction,
      country_code,
      country_name,
      calling_code,
      currency,
      ...figuresOf(sums),
    }),
  );

export const messagingServiceRows = (
  month: string,
  records: readonly CatalogueRecord[],
  customerOf: CustomerOf,
): Row[] =>
  sumsBy(
    records.filter(({ service }) => service === 'messages'),
    ({ messagingService, account, at, currency }) => [messagingService, account, customerOf(account, at).id, currency],
  ).map(([[messaging_service_sid = '', account_sid = '', customer_id = '', currency = ''], sums]) => ({
    month,
    messaging_service_sid,
    account_sid,
    customer_id,
    currency,
    messages_count: `${sums.count}`,
    message_segments: `${sums.segments}`,
    messages_cost: amountText(sums.cost),
    unpriced_messages: `${sums.unpriced}`,
  }));

interface OwnNumber {
  readonly name: string;
  readonly account: string;
  readonly customer: string;
  readonly records: CatalogueRecord[];
}

const costOf = (records: readonly CatalogueRecord[]): bigint =>
  records.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n);

export function numberRows(month: string, records: readonly CatalogueRecord[], customerOf: CustomerOf): Row[] {
  const currencies = [...new Set(records.map(({ currency }) => currency))].sort(byBytes);
  return currencies.flatMap((currency) => {
    const numbers = new Map<string, OwnNumber>();
    for (const record of records.filter((one) => one.currency === currency)) {
      const customer = customerOf(record.account, record.at).id;
      const key = [record.own, record.account, customer].join('\0');
      const number = numbers.get(key) ?? { name: record.own, account: record.account, customer, records: [] };
      numbers.set(key, number);
      number.records.push(record);
    }
    const sorted = [...numbers.values()].sort((a, b) => {
      const [left, right] = [costOf(a.records), costOf(b.records)];
      if (left !== right) return left > right ? -1 : 1;
      return compareLists([a.name, a.account, a.customer], [b.name, b.account, b.customer]);
    });
    const ranked = sorted.filter((one, index) => index < 100 && costOf(one.records) > 0n);
    const others = sorted.filter((one) => !ranked.includes(one));
    const rows = ranked.map((one, index) => numberRow({ month, currency, rank: `${index + 1}` }, [one], one));
    return others.length === 0 ? rows : [...rows, numberRow({ month, currency, rank: '' }, others, undefined)];
  });
}

function numberRow(place: Row, numbers: readonly OwnNumber[], one: OwnNumber | undefined): Row {
  const all = numbers.flatMap(({ records }) => records);
  const [calls, messages] = [all.filter((r) => r.service === 'calls'), all.filter((r) => r.service === 'messages')];
  const unpriced = (records: readonly CatalogueRecord[]): string =>
    `${records.filter(({ cost }) => cost === undefined).length}`;
  return {
    ...place,
    number: one?.name ?? '(others)',
    phone_number_sid:
      one === undefined
        ? ''
        : (all
            .map(({ numberSid }) => numberSid)
            .sort()
            .at(-1) ?? ''),
    account_sid: one?.account ?? '',
    customer_id: one?.customer ?? '',
    number_count: `${numbers.length}`,
    calls_count: `${calls.length}`,
    calls_minutes: `${calls.reduce((sum, { minutes }) => sum + minutes, 0)}`,
    calls_cost: amountText(costOf(calls)),
    messages_count: `${messages.length}`,
    message_segments: `${messages.reduce((sum, { segments }) => sum + segments, 0)}`,
    messages_cost: amountText(costOf(messages)),
    itemised_cost: amountText(costOf(all)),
    unpriced_calls: unpriced(calls),
    unpriced_messages: unpriced(messages),
  };
}

const dayMs = 86_400_000;
const unconnected = ['busy', 'failed', 'no-answer', 'canceled'];

export function unpricedAgeRows(
  month: string,
  records: readonly CatalogueRecord[],
  customerOf: CustomerOf,
  asOf: string,
): Row[] {
  const ageOf = (at: string): string => {
    const days = (Date.parse(asOf) - Date.parse(at.slice(0, 10))) / dayMs;
    return days <= 1 ? '0 to 1 days' : days <= 7 ? '2 to 7 days' : days <= 30 ? '8 to 30 days' : 'over 30 days';
  };
  const unpriced = records.filter(({ cost }) => cost === undefined);
  const keyOf = (one: CatalogueRecord): readonly string[] => {
    const { id, name } = customerOf(one.account, one.at);
    return [id, one.service, one.currency, ageOf(one.at), name];
  };
  return sumsBy(unpriced, keyOf).map(([key, { count, minutes, segments }]) => {
    const own = unpriced.filter((one) => compareLists(keyOf(one), key) === 0);
    const [customer_id = '', service = '', currency = '', age = '', customer_name = ''] = key;
    return {
      month,
      customer_id,
      customer_name,
      service,
      currency,
      age,
      unpriced_count: `${count}`,
      open_count: `${own.filter((one) => one.service === 'messages' || !unconnected.includes(one.status)).length}`,
      minutes: `${minutes}`,
      segments: `${segments}`,
      oldest_day: own.map(({ at }) => at.slice(0, 10)).sort()[0] ?? '',
    };
  });
}

export const lineItemRows = (month: string, records: readonly CatalogueRecord[], customerOf: CustomerOf): Row[] =>
  records
    .toSorted((a, b) => compareLists([a.at, a.service, a.sid], [b.at, b.service, b.sid]))
    .map((one) => ({
      month,
      charged_at: one.at,
      service: one.service,
      sid: one.sid,
      account_sid: one.account,
      customer_id: customerOf(one.account, one.at).id,
      direction: one.direction,
      status: one.status,
      outside_address: one.outside,
      currency: one.currency,
      cost: one.cost === undefined ? '' : amountText(one.cost),
      minutes: `${one.minutes}`,
      segments: `${one.segments}`,
    }));
