import type { Account } from './accounts.js';
import { type ByteWriter, type Piece, piece, pieces } from './byte-writer.js';
import type { End, Route } from './call-routes.js';
import { CALL_STATUSES, type CallFacts, type Calls, DURATION_EMPTY } from './calls.js';
import { CURRENCIES, writePrice } from './money.js';
import { e164, writeE164, writeFormatted } from './phone-numbers.js';
import { NEVER } from './pricing.js';
import { type SidCodec, SidKind } from './sids.js';

/** No row is longer: two addresses of at most 64 bytes, and the rest is nearly fixed. */
const ROW_BYTES_MAX = 3072;

/** Sub-resources of a call, in the order of the examples in Twilio's OpenAPI document. */
const SUBRESOURCES = [
  ['notifications', 'Notifications'],
  ['recordings', 'Recordings'],
  ['payments', 'Payments'],
  ['events', 'Events'],
  ['siprec', 'Siprec'],
  ['streams', 'Streams'],
  ['transcriptions', 'Transcriptions'],
  ['user_defined_message_subscriptions', 'UserDefinedMessageSubscriptions'],
  ['user_defined_messages', 'UserDefinedMessages'],
] as const;

const SID_MARK = '#'.repeat(32);
/** Clients and SIP users that an account talks to. */
const USERS = 97;

/** The row's beginning: who answered, and the name of the caller's key. */
const ANSWERED_BY = pieces(
  ['null', 'null', 'null', '"human"', 'null', '"machine_start"', 'null', 'null'].map(
    (answer) => `{"answered_by":${answer},"caller_name":`,
  ),
);
/** Caller names: both null and "" occur, and a name beyond ASCII. */
const CALLER_NAMES = pieces([
  'null',
  '""',
  '"WIRELESS CALLER"',
  'null',
  '"J\\u00f6rg \\"J.\\" M\\u00fcller"',
  '""',
  'null',
  'null',
]);
const STATUSES = pieces(CALL_STATUSES.map((status) => `,"status":"${status}"`));
const UNITS = pieces(CURRENCIES.map((currency) => `,"price_unit":"${currency}"`));

const P = {
  null: piece('null'),
  empty: piece('""'),
  quote: piece('"'),
  client: piece('client:agent_'),
  sip: piece('sip:user'),
  from: piece(',"from":"'),
  fromFormatted: piece('","from_formatted":"'),
  to: piece('","to":"'),
  toFormatted: piece('","to_formatted":"'),
  parent: piece('","parent_call_sid":'),
  call: piece('"CA'),
  phoneNumber: piece(',"phone_number_sid":'),
  trunk: piece(',"trunk_sid":'),
  created: piece(',"date_created":'),
  updated: piece(',"date_updated":'),
  start: piece(',"start_time":'),
  end: piece(',"end_time":'),
  queueTime: piece(',"queue_time":"'),
  duration: piece('","duration":'),
  price: piece(',"price":'),
};

const directions = new Map<Route, Piece>();

function directionPiece(route: Route): Piece {
  let found = directions.get(route);
  if (found === undefined) {
    found = piece(`,"direction":"${route.direction}","forwarded_from":`);
    directions.set(route, found);
  }
  return found;
}

function sipHost(account: Account): string {
  return `@pbx${account.index}.example.com`;
}

/** Where a call goes to or comes from, as Twilio writes it. */
export function callAddress(account: Account, facts: CallFacts, side: 'to' | 'from'): string {
  const end = facts.route[side];
  if (end === 'stranger') return e164(facts.stranger);
  if (end === 'client') return `${P.client.text}${facts.stranger % USERS}`;
  if (end === 'sip') return `${P.sip.text}${facts.stranger % USERS}${sipHost(account)}`;
  return account.numbers[facts.ownNumber]?.e164 ?? '';
}

/**
 * Writes the calls of one account as JSON rows. Most of a row is the same for every call of an account but for the SID,
 * which stands in it eleven times: that part is kept as bytes and only patched.
 */
export class CallRows {
  private readonly tail: Buffer;
  private readonly sidPlaces: number[] = [];
  private readonly trunk: Piece;
  private readonly numberSids: Piece[];
  private readonly numbers: Piece[];
  private readonly quotedNumbers: Piece[];
  private readonly shownNumbers: Piece[];
  private readonly sipHost: Piece;

  constructor(
    private readonly calls: Calls,
    private readonly sids: SidCodec,
  ) {
    const { account } = calls;
    const base = `/2010-04-01/Accounts/${account.sid}/Calls/CA${SID_MARK}`;
    const uris = SUBRESOURCES.map(([name, path]) => `"${name}":"${base}/${path}.json"`).join(',');
    this.tail = Buffer.from(
      `,"account_sid":"${account.sid}","annotation":null,"api_version":"2010-04-01","group_sid":null,"sid":"CA${SID_MARK}","subresource_uris":{${uris}},"uri":"${base}.json"}`,
      'latin1',
    );
    for (let at = this.tail.indexOf(SID_MARK); at >= 0; at = this.tail.indexOf(SID_MARK, at + 1))
      this.sidPlaces.push(at);
    this.trunk = piece(`"TK${sids.hex(account.index, SidKind.other, 0)}"`);
    this.numberSids = pieces(account.numbers.map((number) => `"${number.sid}"`));
    this.numbers = pieces(account.numbers.map((number) => number.e164));
    this.quotedNumbers = pieces(account.numbers.map((number) => `"${number.e164}"`));
    this.shownNumbers = pieces(account.numbers.map((number) => number.formatted));
    this.sipHost = piece(sipHost(account));
  }

  /** An upper bound for the bytes of `count` rows. */
  bytesMax(count: number): number {
    return count * ROW_BYTES_MAX;
  }

  /** Writes one row. */
  write(target: ByteWriter, facts: CallFacts): void {
    this.writeEnds(target, facts);
    this.writeSids(target, facts);
    this.writeTimes(target, facts);
    this.writeCharge(target, facts);
    const base = target.at;
    target.bytes(this.tail);
    const account = this.calls.account.index;
    const words = facts.isTwin
      ? this.sids.twinWords(account, SidKind.call, facts.index)
      : this.sids.words(account, SidKind.call, facts.index);
    target.patchHex(base, this.sidPlaces, words);
  }

  private writeEnds(target: ByteWriter, facts: CallFacts): void {
    const { bits, route } = facts;
    target.piece(ANSWERED_BY[(bits >>> 2) & 7] ?? P.null);
    target.piece(route.direction === 'inbound' ? (CALLER_NAMES[(bits >>> 5) & 7] ?? P.null) : P.null);
    target.piece(directionPiece(route));
    if ((bits & 15) === 3) target.piece(this.quotedNumbers[facts.ownNumber] ?? P.null);
    else target.piece((bits & 1) === 0 ? P.null : P.empty);
    target.piece(P.from);
    this.writeAddress(target, facts, route.from);
    target.piece(P.fromFormatted);
    this.writeShown(target, facts, route.from);
    target.piece(P.to);
    this.writeAddress(target, facts, route.to);
    target.piece(P.toFormatted);
    this.writeShown(target, facts, route.to);
  }

  private writeAddress(target: ByteWriter, facts: CallFacts, end: End): void {
    if (end === 'stranger') writeE164(target, facts.stranger);
    else if (end === 'own') target.piece(this.numbers[facts.ownNumber] ?? P.empty);
    else {
      target.piece(end === 'sip' ? P.sip : P.client);
      target.number(facts.stranger % USERS);
      if (end === 'sip') target.piece(this.sipHost);
    }
  }

  private writeShown(target: ByteWriter, facts: CallFacts, end: End): void {
    if (end === 'stranger') writeFormatted(target, facts.stranger);
    else if (end === 'own') target.piece(this.shownNumbers[facts.ownNumber] ?? P.empty);
    else this.writeAddress(target, facts, end);
  }

  private writeSids(target: ByteWriter, facts: CallFacts): void {
    const { direction } = facts.route;
    target.piece(P.parent);
    if (facts.parent < 0) target.piece(P.null);
    else {
      target.piece(P.call);
      target.hex(this.sids.words(this.calls.account.index, SidKind.call, facts.parent));
      target.piece(P.quote);
    }
    target.piece(P.phoneNumber);
    target.piece(direction === 'inbound' ? (this.numberSids[facts.ownNumber] ?? P.null) : P.null);
    target.piece(P.trunk);
    const isTrunk = direction === 'trunking-originating' || direction === 'trunking-terminating';
    target.piece(isTrunk ? this.trunk : P.null);
  }

  private writeTimes(target: ByteWriter, facts: CallFacts): void {
    const { bits, startedAt, endedAt } = facts;
    const hasEnded = endedAt !== NEVER;
    const createdAt = startedAt - (facts.hasStarted ? bits & 3 : 0);
    target.piece(P.created);
    target.date(createdAt);
    target.piece(P.updated);
    target.date(hasEnded ? endedAt : createdAt);
    target.piece(P.start);
    if (facts.hasStarted) target.date(startedAt);
    else target.piece(P.null);
    target.piece(P.end);
    if (hasEnded) target.date(endedAt);
    else target.piece(P.null);
    target.piece(P.queueTime);
    target.number((bits & 16) === 0 ? bits & 1023 : 0);
  }

  private writeCharge(target: ByteWriter, facts: CallFacts): void {
    const { duration } = facts;
    target.piece(P.duration);
    if (duration >= 0) {
      target.piece(P.quote);
      target.number(duration);
      target.piece(P.quote);
    } else target.piece(duration === DURATION_EMPTY ? P.empty : P.null);
    target.piece(P.price);
    if (facts.isPriced) writePrice(target, facts.cost, (facts.bits >>> 8) & 3);
    else target.piece(P.null);
    target.piece(UNITS[facts.currency] ?? P.null);
    target.piece(STATUSES[facts.status] ?? P.null);
  }
}
