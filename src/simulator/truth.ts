import { type Account, statusAt } from './accounts.js';
import { CallFacts } from './calls.js';
import { CATEGORIES } from './categories.js';
import { toldDiscrepancies } from './discrepancies.js';
import { messageSid } from './message-rows.js';
import { MessageFacts } from './messages.js';
import { CURRENCIES, fixedText, Sum } from './money.js';
import { SidKind } from './sids.js';
import { DAY_SECONDS, dayOf, dayText, isoInstant, monthText } from './time.js';
import { firstAt } from './usage.js';
import { type DaySpan, sumOne } from './usage-sums.js';
import type { World } from './world.js';

/** What a perfect ledger would hold for one account, day, currency and service. */
interface DayTotals {
  count: number;
  minutes: number;
  segments: number;
  unpriced: number;
  cost: Sum;
}

/** Twilio's page's formula beside the charge: one account, month and currency. */
interface Products {
  calls: number;
  charge: Sum;
  seconds: Sum;
  minutes: Sum;
  absoluteSeconds: Sum;
  absoluteMinutes: Sum;
}

const NO_CURRENCY = CURRENCIES.length;
/** Room in a map's key for the currencies, null included. */
const KEY_WIDTH = 16;

const call = new CallFacts();
const message = new MessageFacts();

/**
 * Everything that a perfect ledger would hold, as JSON lines, worked out from the same facts as the answers and with
 * nothing of the product. Money is positive where Twilio charged us, and has eight decimals.
 *
 * @param days days of interest, UTC, both ends included
 */
export function* truthLines(world: World, days: DaySpan): Generator<string> {
  const { options } = world;
  yield line('world', {
    seed: options.seed,
    now: isoInstant(world.now),
    from: dayText(dayOf(options.from)),
    to: dayText(dayOf(options.to)),
    first_day: dayText(days.first),
    last_day: dayText(days.last),
  });
  for (const account of world.accounts) yield accountLine(account, world.now);
  for (const account of world.accounts) {
    yield* callLines(world, account, days);
    yield* messageLines(world, account, days);
    yield* usageLines(world, account, days);
  }
  for (const discrepancy of toldDiscrepancies(world, days)) yield line('discrepancy', { ...discrepancy });
}

function line(type: string, fields: Record<string, unknown>): string {
  return `${JSON.stringify({ type, ...fields })}\n`;
}

function accountLine(account: Account, now: number): string {
  return line('account', {
    account_sid: account.sid,
    owner_account_sid: account.ownerSid,
    friendly_name: account.friendlyName,
    status: statusAt(account, now),
    is_listed: account.createdAt <= now && !account.isDeleted,
    created_at: isoInstant(account.createdAt),
    ended_at: Number.isFinite(account.endsAt) ? isoInstant(account.endsAt) : null,
    currency: CURRENCIES[account.currency],
    later_currency: CURRENCIES[account.laterCurrency],
    currency_changes_at: Number.isFinite(account.currencyChangesAt) ? isoInstant(account.currencyChangesAt) : null,
    auth_token: account.authToken,
    phone_numbers: account.numbers.map((number) => number.e164),
  });
}

function totalsAt(found: Map<number, DayTotals>, day: number, currency: number): DayTotals {
  const key = day * KEY_WIDTH + currency;
  let totals = found.get(key);
  if (totals === undefined) {
    totals = { count: 0, minutes: 0, segments: 0, unpriced: 0, cost: new Sum() };
    found.set(key, totals);
  }
  return totals;
}

function* dayLines(account: Account, service: string, found: Map<number, DayTotals>): Generator<string> {
  for (const [key, totals] of [...found].sort((a, b) => a[0] - b[0])) {
    yield line('day', {
      account_sid: account.sid,
      day: dayText(Math.floor(key / KEY_WIDTH)),
      currency: CURRENCIES[key % KEY_WIDTH] ?? null,
      service,
      count: totals.count,
      minutes: totals.minutes,
      segments: totals.segments,
      cost: fixedText(totals.cost.total()),
      unpriced: totals.unpriced,
    });
  }
}

function* callLines(world: World, account: Account, days: DaySpan): Generator<string> {
  const { calls } = world.traffic(account);
  const found = new Map<number, DayTotals>();
  const products = new Map<number, Products>();
  const undated: string[] = [];
  const end = firstAt(calls, Math.min((days.last + 1) * DAY_SECONDS, world.now + 1));
  for (let index = firstAt(calls, days.first * DAY_SECONDS); index < end; index++) {
    if (calls.isDeleted(index)) continue;
    calls.read(index, world.now, call);
    const day = dayOf(call.startedAt);
    const sid = (): string => `CA${world.sids.hex(account.index, SidKind.call, index)}`;
    if (!call.hasStarted) undated.push(sid());
    // What never took place is charged for only where it has a price.
    if (!call.hasStarted && !call.isPriced) continue;
    const totals = totalsAt(found, day, call.currency);
    // A record that the list shows twice is two to whoever reads the list.
    for (let rows = calls.hasTwin(index) ? 2 : 1; rows > 0; rows--) {
      totals.count++;
      totals.minutes += call.minutes;
      totals.cost.add(call.cost);
      if (call.isPriced) addProducts(products, day);
    }
    if (!call.isPriced) {
      totals.unpriced++;
      yield line('unpriced', { account_sid: account.sid, service: 'calls', day: dayText(day), sid: sid() });
    }
  }
  yield* dayLines(account, 'calls', found);
  for (const sid of undated) yield line('undated', { account_sid: account.sid, service: 'calls', sid });
  yield* productLines(account, products);
}

/** Months are told apart by their text, so one number per day is enough for the key. */
function addProducts(products: Map<number, Products>, day: number): void {
  const key = day * KEY_WIDTH + call.currency;
  let found = products.get(key);
  if (found === undefined) {
    const [charge, seconds, minutes] = [new Sum(), new Sum(), new Sum()];
    found = { calls: 0, charge, seconds, minutes, absoluteSeconds: new Sum(), absoluteMinutes: new Sum() };
    products.set(key, found);
  }
  const seconds = Math.max(call.duration, 0);
  found.calls++;
  found.charge.add(call.cost);
  found.seconds.add(call.cost * seconds);
  found.minutes.add(call.cost * call.minutes);
  found.absoluteSeconds.add(Math.abs(call.cost) * seconds);
  found.absoluteMinutes.add(Math.abs(call.cost) * call.minutes);
}

function* productLines(account: Account, products: Map<number, Products>): Generator<string> {
  const months = new Map<string, { calls: number; sums: bigint[] }>();
  for (const [key, day] of [...products].sort((a, b) => a[0] - b[0])) {
    const name = `${monthText(Math.floor(key / KEY_WIDTH))} ${CURRENCIES[key % KEY_WIDTH]}`;
    const month = months.get(name) ?? { calls: 0, sums: [0n, 0n, 0n, 0n, 0n] };
    month.calls += day.calls;
    const parts = [day.charge, day.seconds, day.minutes, day.absoluteSeconds, day.absoluteMinutes];
    month.sums = month.sums.map((sum, at) => sum + (parts[at]?.total() ?? 0n));
    months.set(name, month);
  }
  for (const [name, { calls, sums }] of [...months].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const [month, currency] = name.split(' ');
    const [cost, costSeconds, costMinutes, priceSeconds, priceMinutes] = sums.map((sum) => fixedText(sum));
    yield line('price_times_duration', {
      account_sid: account.sid,
      month,
      currency,
      calls,
      cost,
      cost_times_seconds: costSeconds,
      cost_times_minutes: costMinutes,
      price_times_seconds: priceSeconds,
      price_times_minutes: priceMinutes,
    });
  }
}

function* messageLines(world: World, account: Account, days: DaySpan): Generator<string> {
  const { messages } = world.traffic(account);
  const found = new Map<number, DayTotals>();
  const undated: string[] = [];
  const end = firstAt(messages, Math.min((days.last + 1) * DAY_SECONDS, world.now + 1));
  for (let index = firstAt(messages, days.first * DAY_SECONDS); index < end; index++) {
    if (messages.isDeleted(index)) continue;
    messages.read(index, world.now, message);
    const day = dayOf(message.sentAt);
    const sid = (): string => messageSid(account, message.route.media, index, world.sids);
    if (!message.hasSent) undated.push(sid());
    if (!message.hasSent && !message.isPriced) continue;
    const totals = totalsAt(found, day, message.isPriced ? message.currency : NO_CURRENCY);
    for (let rows = messages.hasTwin(index) ? 2 : 1; rows > 0; rows--) {
      totals.count++;
      totals.segments += message.segments;
      totals.cost.add(message.cost);
    }
    if (message.isPriced) continue;
    totals.unpriced++;
    yield line('unpriced', { account_sid: account.sid, service: 'messages', day: dayText(day), sid: sid() });
  }
  yield* dayLines(account, 'messages', found);
  for (const sid of undated) yield line('undated', { account_sid: account.sid, service: 'messages', sid });
}

/** Usage by day and category, the containing categories too, without the rows of zeros. */
function* usageLines(world: World, account: Account, days: DaySpan): Generator<string> {
  for (let day = days.first; day <= Math.min(days.last, dayOf(world.now)); day++) {
    for (const [currency, sums] of sumOne(world.usage, account, { first: day, last: day }, world.now)) {
      for (const [category, sum] of sums.entries()) {
        if (sum.count === 0 && sum.price === 0n) continue;
        yield line('usage', {
          account_sid: account.sid,
          day: dayText(day),
          category: CATEGORIES[category]?.name,
          currency: CURRENCIES[currency],
          count: sum.count,
          usage: sum.usage,
          price: fixedText(sum.price),
        });
      }
    }
  }
}
