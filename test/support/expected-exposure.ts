import { byBytes, type CustomerOf } from './expected-ledger.js';
import { compareLists, type ExpectedRecords } from './expected-records.js';
import type { Row } from './published.js';
import type { SimulatorHandle, Truth } from './simulator.js';
import { type ApiRecord, instantText, listRecords } from './simulator-records.js';
import { amountText, unitsOfPlain } from './units.js';

/** How many rows are unpriced and of how many units, by account, service and direction: what a world with a history shares. */
export function exposureCounts(rows: readonly Row[]): Row[] {
  const sums = new Map<string, { readonly row: Row; count: number; units: number }>();
  for (const row of rows) {
    const { month = '', customer_id = '', account_sid = '', service = '', direction = '' } = row;
    const key = { month, customer_id, account_sid, service, direction };
    const sum = sums.get(JSON.stringify(key)) ?? { row: key, count: 0, units: 0 };
    sums.set(JSON.stringify(key), sum);
    sum.count += Number(row.unpriced_count);
    sum.units += Number(row.units);
  }
  return [...sums.values()]
    .map(({ row, count, units }) => ({ ...row, unpriced_count: String(count), units: String(units) }))
    .sort((a, b) => compareLists(Object.values(a), Object.values(b)));
}

/** The same of the records that the simulator shows without a price. */
export function expectedExposureCounts({ month, unpriced, from, to }: ExpectedRecords, customerOf: CustomerOf): Row[] {
  const asked = unpriced.filter(({ chargedAt: at }) => at.startsWith(month) && at >= from && at < to);
  return exposureCounts(
    asked.map((record) => ({
      month: `${month}-01`,
      customer_id: customerOf(record.account, record.chargedAt.slice(0, 10)).id,
      account_sid: record.account,
      service: record.service,
      direction: record.direction,
      unpriced_count: '1',
      units: String(unitsCounted(record.service, record.status, record.minutes + record.segments)),
    })),
  );
}

/** A failed message is charged for once, whatever its segments; everything else for one unit at least. */
const unitsCounted = (service: string, status: string, quantity: number): number =>
  service === 'messages' && ['failed', 'canceled'].includes(status) ? 1 : Math.max(quantity, 1);

/** A call or message as a clerk would note it down from Twilio's lists. */
interface Noted {
  readonly account: string;
  readonly day: string;
  readonly service: string;
  readonly family: string;
  readonly direction: string;
  readonly kind: string;
  readonly callingCode: string;
  readonly currency: string;
  readonly cost: bigint | undefined;
  readonly units: number;
}

/** The calling codes of the simulator's strangers. */
const callingCodes = ['1', '33', '44', '49', '55', '61', '81'];

function noted(account: string, service: 'calls' | 'messages', row: ApiRecord): Noted {
  const text = (name: string): string => (typeof row[name] === 'string' ? `${row[name]}` : '');
  const comesIn = ['inbound', 'trunking-originating'].includes(text('direction'));
  const outside = text(comesIn ? 'from' : 'to');
  const number = outside.replace('whatsapp:', '');
  const quantity = service === 'calls' ? Math.ceil(Number(row.duration ?? 0) / 60) : Number(row.num_segments);
  const status = text('status');
  return {
    account,
    day: instantText(service === 'calls' ? row.start_time : row.date_sent).slice(0, 10),
    service,
    family: service === 'calls' ? callFamily(text('direction'), outside) : messageFamily(row, outside),
    direction: text('direction'),
    kind: service === 'calls' ? callKind(status, quantity) : status === 'failed' ? 'failed_message' : 'message',
    callingCode: callingCodes.find((code) => number.startsWith(`+${code}`)) ?? '',
    currency: text('price_unit').toUpperCase(),
    cost: row.price === null ? undefined : -unitsOfPlain(text('price')),
    units: unitsCounted(service, status, quantity),
  };
}

const callFamily = (direction: string, outside: string): string =>
  direction.startsWith('trunking') ? 'trunking' : /^(client|sip):/.test(outside) ? 'client_and_sip_voice' : 'voice';

const messageFamily = (row: ApiRecord, outside: string): string =>
  outside.startsWith('whatsapp:') ? 'channels' : String(row.sid).startsWith('MM') ? 'mms' : 'sms';

const callKind = (status: string, minutes: number): string =>
  minutes > 0
    ? 'connected_call'
    : ['completed', 'busy', 'failed', 'no-answer', 'canceled'].includes(status)
      ? 'unconnected_call'
      : 'call_under_way';

/** Every call and message with a date in [from, to), of every account, read from the simulator's lists. */
async function recordsOf(
  simulator: SimulatorHandle,
  truth: Truth,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Noted[]> {
  const records: Noted[] = [];
  for (const { account_sid: account } of truth.accounts) {
    for (const [service, list, filter] of [
      ['calls', 'Calls', 'StartTime'],
      ['messages', 'Messages', 'DateSent'],
    ] as const) {
      const rows = await listRecords(simulator, account, list, `${filter}%3E=${from}&${filter}%3C=${to}`);
      records.push(...rows.map((row) => noted(account, service, row)));
    }
  }
  return records;
}

const dayNumber = (day: string): number => Date.parse(day) / 86_400_000;

/** Of that day, else of the day before it, and so on back to the first, else of the days behind it, in their order. */
function currencyAt(priced: readonly Noted[], { account, day }: Noted): string {
  const own = priced.filter((one) => one.account === account);
  const distance = (one: Noted): number => dayNumber(day) - dayNumber(one.day);
  const before = own.map(distance).filter((days) => days >= 0);
  const days = before.length > 0 ? Math.min(...before) : Math.max(...own.map(distance));
  const seen = own.filter((one) => distance(one) === days).map((one) => one.currency);
  const count = (currency: string): number => seen.filter((one) => one === currency).length;
  return [...new Set(seen)].sort((a, b) => count(b) - count(a) || byBytes(a, b))[0] ?? '';
}

/** The smaller of two in the middle. Each unit's cost without what is less than a hundred-millionth. */
function medianOf(like: readonly Noted[]): bigint | undefined {
  const costs = like.map(({ cost = 0n, units }) => cost / BigInt(units));
  return costs.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[Math.ceil(costs.length / 2) - 1];
}

/** unpriced_exposure.csv of one month, worked out row by row from what the simulator lists. */
export async function expectedExposure(
  simulator: SimulatorHandle,
  { truth, month, from, to }: ExpectedRecords & { readonly truth: Truth },
  customerOf: CustomerOf,
): Promise<Row[]> {
  const all = (await recordsOf(simulator, truth, { from, to })).filter(({ day }) => day.startsWith(month));
  const priced = all.filter(({ cost }) => cost !== undefined);
  const groups = new Map<string, Noted[]>();
  for (const found of all.filter(({ cost }) => cost === undefined)) {
    const one = found.currency === '' ? { ...found, currency: currencyAt(priced, found) } : found;
    const key = [customerOf(one.account, one.day).id, one.account, ...likeKey(one)];
    groups.set(JSON.stringify(key), [...(groups.get(JSON.stringify(key)) ?? []), one]);
  }
  const keys = [...groups.keys()].map((text): string[] => JSON.parse(text)).sort(compareLists);
  return keys.map((key) => exposureRow(month, key[0] ?? '', groups.get(JSON.stringify(key)) ?? [], priced));
}

const likeKey = (one: Noted): string[] => [one.family, one.direction, one.kind, one.callingCode, one.currency];

function exposureRow(month: string, customer: string, group: readonly Noted[], priced: readonly Noted[]): Row {
  const [first] = group;
  if (first === undefined) throw new Error('a group of the exposure has no row');
  const alike = priced.filter((one) => compareLists(likeKey(one), likeKey(first)) === 0);
  const own = alike.filter(({ account }) => account === first.account);
  const like = own.length >= 5 ? own : alike;
  const units = group.reduce((sum, one) => sum + one.units, 0);
  const median = medianOf(like);
  return {
    month: `${month}-01`,
    customer_id: customer,
    account_sid: first.account,
    service: first.service,
    family: first.family,
    direction: first.direction,
    kind: first.kind,
    calling_code: first.callingCode,
    currency: first.currency,
    unpriced_count: String(group.length),
    units: String(units),
    like_count: String(like.length),
    unit_cost_median: median === undefined ? '' : amountText(median),
    estimated_cost: median === undefined ? '' : amountText(median * BigInt(units)),
    basis: like.length === 0 ? '' : own.length >= 5 ? 'same account' : 'all accounts',
  };
}
