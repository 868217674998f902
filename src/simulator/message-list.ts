import type { Account } from './accounts.js';
import type { Behaviour } from './behaviour.js';
import { ByteWriter, piece } from './byte-writer.js';
import { messageAddress, messageSid } from './message-rows.js';
import { MessageFacts } from './messages.js';
import { badToken, envelope, readPage } from './paging.js';
import { type Query, timeSpan } from './query.js';
import { type Cursor, rangeOf, select } from './select.js';
import { SidKind } from './sids.js';
import type { World } from './world.js';

/** The filters of the Messages list (Twilio's OpenAPI document, ListMessage). There is none for the status. */
const FILTERS = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'];

const COMMA = piece(',');
const facts = new MessageFacts();

/** The index of a message of this account by its SID; undefined for any other text. */
export function messageIndex(world: World, account: Account, sid: string): number | undefined {
  const found = /^(SM|MM)/.test(sid) ? world.sids.decode(sid.slice(2)) : undefined;
  if (found === undefined || found.kind !== SidKind.message || found.account !== account.index) return undefined;
  const { messages } = world.traffic(account);
  return messageSid(account, messages.hasMedia(found.index), found.index, world.sids) === sid &&
    found.index < messages.count
    ? found.index
    : undefined;
}

function cursorOf(world: World, account: Account, token: string | undefined): Cursor {
  if (token === undefined) return undefined;
  const index = messageIndex(world, account, token.slice(2));
  if (index === undefined) throw badToken();
  if (token.startsWith('PA')) return { after: index };
  if (token.startsWith('PB')) return { before: index };
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
  const { indexes, hasMore } = select(range, cursorOf(world, account, request.token), request.size, accepts);
  const tokenOf = (prefix: string, index: number | undefined): string | undefined =>
    index === undefined ? undefined : prefix + messageSid(account, messages.hasMedia(index), index, world.sids);
  const { before, after } = envelope('messages', {
    path: `/2010-04-01/Accounts/${account.sid}/Messages.json`,
    filters: query.echo(FILTERS),
    request,
    count: indexes.length,
    nextToken: hasMore ? tokenOf('PA', indexes.at(-1)) : undefined,
    previousToken: request.page > 0 ? tokenOf('PB', indexes[0]) : undefined,
  });
  const page = new ByteWriter(before.length + after.length + messageRows.bytesMax(indexes.length));
  page.text(before);
  let isFirst = true;
  for (const index of indexes) {
    if (!isFirst) page.piece(COMMA);
    isFirst = false;
    messages.read(index, world.now, facts);
    messageRows.write(page, facts);
  }
  page.text(after);
  return page.written();
}

/** One message by its SID, as it looks now. Undefined where there is none. */
export function fetchMessage(world: World, account: Account, sid: string): Buffer | undefined {
  const { messages, messageRows } = world.traffic(account);
  const index = messageIndex(world, account, sid);
  if (index === undefined || messages.timeOf(index) > world.now || messages.isDeleted(index)) return undefined;
  messages.read(index, world.now, facts);
  const row = new ByteWriter(messageRows.bytesMax(1));
  messageRows.write(row, facts);
  return row.written();
}
