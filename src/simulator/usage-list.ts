import { type Account, firstDay } from './accounts.js';
import type { Behaviour } from './behaviour.js';
import { ByteWriter } from './byte-writer.js';
import { CATEGORIES, NEW_SERVICE } from './categories.js';
import { badToken, envelope, readPage } from './paging.js';
import { ApiError, type Query } from './query.js';
import { dayOf, dayOfMonth, dayText, monthText, parseUsageDay } from './time.js';
import { type UsageRow, UsageRows } from './usage-rows.js';
import { type CategorySum, type DaySpan, sumOne } from './usage-sums.js';
import type { World } from './world.js';

const FILTERS = ['Category', 'StartDate', 'EndDate', 'IncludeSubaccounts'];

/** The sub-resources of Usage/Records. */
export const USAGE_RESOURCES = [
  'Records',
  'Records/AllTime',
  'Records/Daily',
  'Records/LastMonth',
  'Records/Monthly',
  'Records/ThisMonth',
  'Records/Today',
  'Records/Yearly',
  'Records/Yesterday',
] as const;

/** Divides a span at the ends of days, months or years, newest part first. */
function parts(span: DaySpan, textOf: (day: number) => string): DaySpan[] {
  const found: DaySpan[] = [];
  for (let day = span.first; day <= span.last; day++) {
    const last = found.at(-1);
    if (last !== undefined && textOf(last.first) === textOf(day)) last.last = day;
    else found.push({ first: day, last: day });
  }
  return found.reverse();
}

/** The days that a request asks for. Both ends are included; without StartDate it is everything there is. */
function requested(world: World, account: Account, query: Query): DaySpan {
  const today = dayOf(world.now);
  const read = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === undefined) return undefined;
    const day = parseUsageDay(text, today);
    if (day === undefined) throw new ApiError(400, 20001, `Invalid value for ${name}`);
    return day;
  };
  const first = read('StartDate') ?? firstDay(account);
  const last = read('EndDate') ?? Math.max(today, first);
  if (last < first) throw new ApiError(404, 20404, 'EndDate is before StartDate');
  return { first, last: Math.min(last, today) };
}

function spans(world: World, account: Account, resource: string, query: Query): DaySpan[] {
  const today = dayOf(world.now);
  const monthStart = today - dayOfMonth(today) + 1;
  switch (resource) {
    case 'Records/Today':
      return [{ first: today, last: today }];
    case 'Records/Yesterday':
      return [{ first: today - 1, last: today - 1 }];
    case 'Records/ThisMonth':
      return [{ first: monthStart, last: today }];
    case 'Records/LastMonth':
      return [{ first: monthStart - dayOfMonth(monthStart - 1), last: monthStart - 1 }];
    case 'Records/AllTime':
      return [{ first: firstDay(account), last: today }];
    default:
  }
  const span = requested(world, account, query);
  if (span.first > span.last) return [];
  if (resource === 'Records/Daily') return parts(span, dayText);
  if (resource === 'Records/Monthly') return parts(span, monthText);
  if (resource === 'Records/Yearly') return parts(span, (day) => dayText(day).slice(0, 4));
  return [span];
}

const NOTHING: CategorySum = { count: 0, usage: 0, price: 0n };

/**
 * The rows of one span: every category in the account's currency, zeros too, then what there is in others. A category that
 * no published list knows has no zeros.
 */
function* rowsOf(
  world: World,
  account: Account,
  isWhole: boolean,
  span: DaySpan,
  wanted: number[],
): Generator<UsageRow> {
  const { usage, now } = world;
  const own = usage.currencyOn(account, span.last);
  const sums = isWhole ? world.sumsOfAll.sum(span, now) : sumOne(usage, account, span, now);
  const asOf = usage.asOf(isWhole ? world.accounts : [account], span.first, span.last, now);
  const owns = sums.get(own);
  for (const category of wanted) {
    const sum = owns?.[category] ?? NOTHING;
    if (category !== NEW_SERVICE || isUsed(sum)) yield { span, category, currency: own, sum, asOf };
  }
  for (const [currency, others] of [...sums].sort((a, b) => a[0] - b[0])) {
    if (currency === own) continue;
    for (const category of wanted) {
      const sum = others[category] ?? NOTHING;
      if (isUsed(sum)) yield { span, category, currency, sum, asOf };
    }
  }
}

function isUsed(sum: CategorySum): boolean {
  return sum.count > 0 || sum.price !== 0n;
}

/** How many rows a span of one day has, where that is known without working them out. */
function plainRows(world: World, span: DaySpan, wanted: number[]): number | undefined {
  if (span.first !== span.last || world.usage.deviations !== undefined) return undefined;
  return wanted.includes(NEW_SERVICE) ? wanted.length - 1 : wanted.length;
}

/** `AP` and the position in base 64, as in the examples of Twilio's OpenAPI document (`APMQ==` is 1). */
function positionOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const text = token.startsWith('AP') ? Buffer.from(token.slice(2), 'base64').toString('latin1') : '';
  if (!/^\d{1,9}$/.test(text)) throw badToken();
  return Number(text);
}

function tokenOf(position: number): string {
  return `AP${Buffer.from(String(position), 'latin1').toString('base64')}`;
}

/**
 * One page of usage records. Tokens are positions, so that rows move under a reader whose range ends today. The usage
 * of subaccounts is included unless IncludeSubaccounts is false.
 */
export function listUsage(
  world: World,
  account: Account,
  resource: string,
  query: Query,
  { pageRowsMax }: Behaviour,
): Buffer {
  const request = readPage(query, pageRowsMax);
  const category = query.get('Category');
  const wanted = CATEGORIES.map((_, index) => index).filter((index) => {
    return category === undefined || CATEGORIES[index]?.name === category;
  });
  const isWhole = account.index === 0 && query.get('IncludeSubaccounts')?.toLowerCase() !== 'false';
  const start = positionOf(request.token);
  const rows: UsageRow[] = [];
  let position = 0;
  let hasMore = false;
  for (const span of spans(world, account, resource, query)) {
    const known = isWhole ? undefined : plainRows(world, span, wanted);
    if (known !== undefined && position + known <= start) {
      position += known;
      continue;
    }
    for (const row of rowsOf(world, account, isWhole, span, wanted)) {
      if (position >= start + request.size) hasMore = true;
      else if (position >= start) {
        rows.push(row);
      }
      position++;
    }
    if (hasMore) break;
  }
  const { before, after } = envelope('usage_records', {
    path: `/2010-04-01/Accounts/${account.sid}/Usage/${resource}.json`,
    filters: query.echo(FILTERS),
    request,
    count: rows.length,
    nextToken: hasMore ? tokenOf(start + request.size) : undefined,
    previousToken: start > 0 ? tokenOf(Math.max(start - request.size, 0)) : undefined,
  });
  const writer = new UsageRows(account, resource);
  const page = new ByteWriter(before.length + after.length + writer.bytesMax(rows.length));
  page.text(before);
  for (const [at, row] of rows.entries()) {
    if (at > 0) page.text(',');
    writer.write(page, row);
  }
  page.text(after);
  return page.written();
}
