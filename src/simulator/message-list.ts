import type { Account } from './accounts.js';
import type { Behaviour } from './behaviour.js';
import { ByteWriter, piece } from './byte-writer.js';
import { messageAddress } from './message-rows.js';
import { MessageFacts, type Messages } from './messages.js';
import { badToken, envelope, readPage } from './paging.js';
import { type Query, timeSpan } from './query.js';
import { type Cursor, type Position, rangeOf, select, stepsOf } from './select.js';
import { SidKind } from './sids.js';
import type { World } from './world.js';

/** The filters of the Messages list (Twilio's OpenAPI document, ListMessage). There is none for the status. */
const FILTERS = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'];

const COMMA = piece(',');
const facts = new MessageFacts();

/** Where a message of this account stands in the list, by its SID; undefined for any other text. */
function messagePosition(world: World, account: Account, sid: string): Position | undefined {
  const found = /^(SM|MM)/.test(sid) ? world.sids.record(sid.slice(2), account.index, SidKind.message) : undefined;
  const { messages } = world.traffic(account);
  if (found === undefined || found.index >= messages.count) return undefined;
  if (messages.hasMedia(found.index) !== sid.startsWith('MM')) return undefined;
  if (!found.isTwin) return found.index;
  return messages.hasTwin(found.index) ? found.index + 0.5 : undefined;
}

/** The index of a message of this account by its SID; undefined for any other text. */
export function messageIndex(world: World, account: Account, sid: string): number | undefined {
  const position = messagePosition(world, account, sid);
  return Number.isInteger(position) ? position : undefined;
}

/** The SID of the message at a place of the list, or of its double. */
function sidAt(world: World, account: Account, position: Position): string {
  const index = Math.floor(position);
  const prefix = world.traffic(account).messages.hasMedia(index) ? 'MM' : 'SM';
  return prefix + world.sids.recordHex(account.index, SidKind.message, index, position > index);
}

/** Reads what the row at a place of the list shows. */
function readAt(messages: Messages, position: Position, now: number): void {
  const index = Math.floor(position);
  messages.read(index, now, facts);
  facts.isTwin = position > index;
}

function cursorOf(world: World, account: Account, token: string | undefined): Cursor {
  if (token === undefined) return undefined;
  const position = messagePosition(world, account, token.slice(2));
  if (position === undefined) throw badToken();
  if (token.startsWith('PA')) return { after: position };
  if (token.startsWith('PB')) return { before: position };
  throw badToken();
}

/** One page of an account's messages, newest first. Those that were never sent come only where no date is asked for. */
export function listMessages(world: World, account: Account, query: Query, behaviour: Behaviour): Buffer {
  const { includesUpper, pageRowsMax } = behaviour;
  const { messages, messageRows } = world.traffic(account);
  const request = readPage(query, pageRowsMax);
  const span = timeSpan(query, 'DateSent', includesUpper);
  const to = query.get('To');
  const from = query.get('From');
  const accepts = (index: number): boolean => {
    if (messages.isDeleted(index) || (span !== undefined && !messages.hasSent(index))) return false;
    if (to === undefined && from === undefined) return true;
    messages.read(index, world.now, facts);
    if (to !== undefined && messageAddress(account, facts, 'to') !== to) return false;
    return from === undefined || messageAddress(account, facts, 'from') === from;
  };
  const range = rangeOf(messages, span, world.now);
  const cursor = cursorOf(world, account, request.token);
  const { positions, hasMore } = select(range, cursor, request.size, accepts, stepsOf(messages));
  const tokenOf = (prefix: string, position: Position | undefined): string | undefined =>
    position === undefined ? undefined : prefix + sidAt(world, account, position);
  const { before, after } = envelope('messages', {
    path: `/2010-04-01/Accounts/${account.sid}/Messages.json`,
    filters: query.echo(FILTERS),
    request,
    count: positions.length,
    nextToken: hasMore ? tokenOf('PA', positions.at(-1)) : undefined,
    previousToken: request.page > 0 ? tokenOf('PB', positions[0]) : undefined,
  });
  const page = new ByteWriter(before.length + after.length + messageRows.bytesMax(positions.length));
  page.text(before);
  let isFirst = true;
  for (const position of positions) {
    if (!isFirst) page.piece(COMMA);
    isFirst = false;
    readAt(messages, position, world.now);
    messageRows.write(page, facts);
  }
  page.text(after);
  return page.written();
}

/** One message by its SID, as it looks now. Undefined where there is none. */
export function fetchMessage(world: World, account: Account, sid: string): Buffer | undefined {
  const { messages, messageRows } = world.traffic(account);
  const position = messagePosition(world, account, sid);
  if (position === undefined) return undefined;
  const index = Math.floor(position);
  if (messages.timeOf(index) > world.now || messages.isDeleted(index)) return undefined;
  readAt(messages, position, world.now);
  const row = new ByteWriter(messageRows.bytesMax(1));
  messageRows.write(row, facts);
  return row.written();
}
