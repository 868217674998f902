import type { Account } from './accounts.js';
import type { Behaviour } from './behaviour.js';
import { ByteWriter, piece } from './byte-writer.js';
import { callAddress } from './call-rows.js';
import { CALL_SECONDS_MAX, CALL_STATUSES, CallFacts, type Calls } from './calls.js';
import { badToken, envelope, readPage } from './paging.js';
import { ApiError, type Query, timeSpan } from './query.js';
import { type Cursor, type IndexRange, type Position, rangeOf, select, stepsOf } from './select.js';
import { SidKind } from './sids.js';
import type { World } from './world.js';

/** The filters of the Calls list (Twilio's OpenAPI document, ListCall). The sign is part of the name. */
const FILTERS = [
  'To',
  'From',
  'ParentCallSid',
  'Status',
  'StartTime',
  'StartTime<',
  'StartTime>',
  'EndTime',
  'EndTime<',
  'EndTime>',
];

const COMMA = piece(',');
const facts = new CallFacts();

/** Where a call of this account stands in the list, by its SID; undefined for any other text. */
function callPosition(world: World, account: Account, sid: string): Position | undefined {
  const found = sid.startsWith('CA') ? world.sids.record(sid.slice(2), account.index, SidKind.call) : undefined;
  const { calls } = world.traffic(account);
  if (found === undefined || found.index >= calls.count) return undefined;
  if (!found.isTwin) return found.index;
  return calls.hasTwin(found.index) ? found.index + 0.5 : undefined;
}

/** The index of a call of this account by its SID; undefined for any other text. */
export function callIndex(world: World, account: Account, sid: string): number | undefined {
  const position = callPosition(world, account, sid);
  return Number.isInteger(position) ? position : undefined;
}

/** The SID of the call at a place of the list, or of its double. */
function sidAt(world: World, account: Account, position: Position): string {
  const index = Math.floor(position);
  return `CA${world.sids.recordHex(account.index, SidKind.call, index, position > index)}`;
}

/** `PA` and the SID of the last call of the page before, or `PB` and that of the first call of the page after. */
function cursorOf(world: World, account: Account, token: string | undefined): Cursor {
  if (token === undefined) return undefined;
  const position = callPosition(world, account, token.slice(2));
  if (position === undefined) throw badToken();
  if (token.startsWith('PA')) return { after: position };
  if (token.startsWith('PB')) return { before: position };
  throw badToken();
}

/** Whether one call passes the filters that an index range cannot express. */
function tester(
  world: World,
  account: Account,
  calls: Calls,
  query: Query,
  upper: boolean,
): (index: number) => boolean {
  const isTimed = timeSpan(query, 'StartTime', upper) !== undefined;
  const ends = timeSpan(query, 'EndTime', upper);
  const status = query.get('Status');
  const to = query.get('To');
  const from = query.get('From');
  if (status !== undefined && !CALL_STATUSES.some((known) => known === status)) {
    throw new ApiError(400, 20001, `Invalid value for Status: ${status}`);
  }
  const isPlain = ends === undefined && status === undefined && to === undefined && from === undefined;
  if (isPlain && calls.changes.size === 0) return isTimed ? (index) => calls.hasStarted(index) : () => true;
  return (index) => {
    if (calls.isDeleted(index)) return false;
    if (isTimed && !calls.hasStarted(index)) return false;
    calls.read(index, world.now, facts);
    if (ends !== undefined && !(facts.endedAt >= ends.from && facts.endedAt < ends.to)) return false;
    if (ends !== undefined && facts.endedAt === Number.POSITIVE_INFINITY) return false;
    if (status !== undefined && CALL_STATUSES[facts.status] !== status) return false;
    if (to !== undefined && callAddress(account, facts, 'to') !== to) return false;
    return from === undefined || callAddress(account, facts, 'from') === from;
  };
}

/** The index range that the filters leave: by start, by end (a call is never longer than some hours), by parent. */
function rangeFor(world: World, account: Account, calls: Calls, query: Query, upper: boolean): IndexRange {
  const range = rangeOf(calls, timeSpan(query, 'StartTime', upper), world.now);
  const ends = timeSpan(query, 'EndTime', upper);
  if (ends !== undefined) {
    const byEnd = rangeOf(calls, { from: ends.from - CALL_SECONDS_MAX, to: ends.to }, world.now);
    range.low = Math.max(range.low, byEnd.low);
    range.high = Math.min(range.high, byEnd.high);
  }
  const parentSid = query.get('ParentCallSid');
  if (parentSid !== undefined) {
    const parent = callIndex(world, account, parentSid);
    const legs = parent === undefined ? [] : calls.legs(parent);
    range.low = Math.max(range.low, legs[0] ?? 0);
    range.high = Math.min(range.high, (legs.at(-1) ?? -1) + 1);
  }
  return range;
}

/** Reads what the row at a place of the list shows. */
function readAt(calls: Calls, position: Position, now: number): void {
  const index = Math.floor(position);
  calls.read(index, now, facts);
  facts.isTwin = position > index;
}

/** One page of an account's calls, newest start first. */
export function listCalls(world: World, account: Account, query: Query, behaviour: Behaviour): Buffer {
  const { includesUpper, pageRowsMax } = behaviour;
  const { calls, callRows } = world.traffic(account);
  const request = readPage(query, pageRowsMax);
  const range = rangeFor(world, account, calls, query, includesUpper);
  const accepts = tester(world, account, calls, query, includesUpper);
  const cursor = cursorOf(world, account, request.token);
  const { positions, hasMore } = select(range, cursor, request.size, accepts, stepsOf(calls));
  const tokenOf = (prefix: string, position: Position | undefined): string | undefined =>
    position === undefined ? undefined : prefix + sidAt(world, account, position);
  const { before, after } = envelope('calls', {
    path: `/2010-04-01/Accounts/${account.sid}/Calls.json`,
    filters: query.echo(FILTERS),
    request,
    count: positions.length,
    nextToken: hasMore ? tokenOf('PA', positions.at(-1)) : undefined,
    previousToken: request.page > 0 ? tokenOf('PB', positions[0]) : undefined,
  });
  const page = new ByteWriter(before.length + after.length + callRows.bytesMax(positions.length));
  page.text(before);
  let isFirst = true;
  for (const position of positions) {
    if (!isFirst) page.piece(COMMA);
    isFirst = false;
    readAt(calls, position, world.now);
    callRows.write(page, facts);
  }
  page.text(after);
  return page.written();
}

/** One call by its SID, as it looks now. Undefined where there is none. */
export function fetchCall(world: World, account: Account, sid: string): Buffer | undefined {
  const { calls, callRows } = world.traffic(account);
  const position = callPosition(world, account, sid);
  if (position === undefined) return undefined;
  const index = Math.floor(position);
  if (calls.timeOf(index) > world.now || calls.isDeleted(index)) return undefined;
  readAt(calls, position, world.now);
  const row = new ByteWriter(callRows.bytesMax(1));
  callRows.write(row, facts);
  return row.written();
}
