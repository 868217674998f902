import type { Account } from './accounts.js';
import { type ByteWriter, type Piece, piece, pieces } from './byte-writer.js';
import { MESSAGE_STATUSES, type MessageFacts, type Messages } from './messages.js';
import { CURRENCIES, writePrice } from './money.js';
import { BODY_CANARY, BODY_TEXTS } from './names.js';
import { e164, writeE164 } from './phone-numbers.js';
import { deriveKey } from './random.js';
import { type SidCodec, SidKind } from './sids.js';

/** No row is longer. */
const ROW_BYTES_MAX = 2048;
const SID_MARK = '#'.repeat(32);

/** The rest of a body, up to the next key: whatever is beyond ASCII stands as it is, in UTF-8. */
const BODIES = BODY_TEXTS.map((text) => Buffer.from(`${JSON.stringify(` ${text}`).slice(1)},"direction":"`, 'utf8'));
const DIRECTIONS = {
  inbound: piece('inbound","error_code":'),
  'outbound-api': piece('outbound-api","error_code":'),
  'outbound-call': piece('outbound-call","error_code":'),
  'outbound-reply': piece('outbound-reply","error_code":'),
};
const STATUSES = pieces(MESSAGE_STATUSES.map((status) => `"${status}"`));
const UNITS = pieces(CURRENCIES.map((currency) => `"${currency}"`));
const COUNTS = pieces(Array.from({ length: 16 }, (_, count) => `"${count}"`));
const ERRORS = pieces([
  '30003,"error_message":"Unreachable destination handset"',
  '30005,"error_message":"Unknown destination handset"',
  '30007,"error_message":"Message filtered"',
  '30008,"error_message":"Unknown error"',
]);
const ERROR_STATUSES = [MESSAGE_STATUSES.indexOf('failed'), MESSAGE_STATUSES.indexOf('undelivered')];

const P = {
  null: piece('null'),
  noError: piece('null,"error_message":null'),
  whatsapp: piece('whatsapp:'),
  from: piece(',"from":"'),
  to: piece('","to":"'),
  service: piece('","messaging_service_sid":'),
  media: piece(',"num_media":'),
  segments: piece(',"num_segments":'),
  price: piece(',"price":'),
  priceUnit: piece(',"price_unit":'),
  status: piece(',"status":'),
  created: piece(',"date_created":'),
  sent: piece(',"date_sent":'),
  updated: piece(',"date_updated":'),
};

function shortCode(account: Account, number: number): string {
  return String(20_000 + (account.index % 900) * 10 + (number % 10));
}

function isOwn(facts: MessageFacts, side: 'to' | 'from'): boolean {
  return (facts.route.direction === 'inbound') === (side === 'to');
}

/** Where a message goes to or comes from, as Twilio writes it: a number, a short code, or `whatsapp:` and a number. */
export function messageAddress(account: Account, facts: MessageFacts, side: 'to' | 'from'): string {
  const { sender } = facts.route;
  const prefix = sender === 'whatsapp' ? 'whatsapp:' : '';
  if (!isOwn(facts, side)) return prefix + e164(facts.stranger);
  if (sender === 'shortcode') return shortCode(account, facts.ownNumber);
  return prefix + (account.numbers[facts.ownNumber]?.e164 ?? '');
}

/** `SM…`, or `MM…` where there is media. */
export function messageSid(account: Account, hasMedia: boolean, index: number, sids: SidCodec): string {
  return `${hasMedia ? 'MM' : 'SM'}${sids.hex(account.index, SidKind.message, index)}`;
}

interface Tail {
  bytes: Buffer;
  sidPlaces: number[];
}

function tailOf(account: Account, prefix: 'SM' | 'MM'): Tail {
  const sid = prefix + SID_MARK;
  const base = `/2010-04-01/Accounts/${account.sid}/Messages/${sid}`;
  const bytes = Buffer.from(
    `,"account_sid":"${account.sid}","api_version":"2010-04-01","sid":"${sid}","subresource_uris":{"media":"${base}/Media.json","feedback":"${base}/Feedback.json"},"uri":"${base}.json"}`,
    'latin1',
  );
  const sidPlaces: number[] = [];
  for (let at = bytes.indexOf(SID_MARK); at >= 0; at = bytes.indexOf(SID_MARK, at + 1)) sidPlaces.push(at);
  return { bytes, sidPlaces };
}

/** Writes the messages of one account as JSON rows. */
export class MessageRows {
  private readonly head: Piece;
  private readonly service: Piece;
  private readonly plainTail: Tail;
  private readonly mediaTail: Tail;
  private readonly numbers: Piece[];
  private readonly shortCodes: Piece[];

  constructor(
    private readonly messages: Messages,
    private readonly sids: SidCodec,
  ) {
    const { account } = messages;
    this.head = piece(`{"body":"${BODY_CANARY}${deriveKey(account.index, 0xb0d1).toString(16).padStart(8, '0')}-`);
    this.service = piece(`"MG${sids.hex(account.index, SidKind.other, 1)}"`);
    this.plainTail = tailOf(account, 'SM');
    this.mediaTail = tailOf(account, 'MM');
    this.numbers = pieces(account.numbers.map((number) => number.e164));
    this.shortCodes = pieces(account.numbers.map((_, number) => shortCode(account, number)));
  }

  /** An upper bound for the bytes of `count` rows. */
  bytesMax(count: number): number {
    return count * ROW_BYTES_MAX;
  }

  /** Writes one row. */
  write(target: ByteWriter, facts: MessageFacts): void {
    const { bits, route } = facts;
    target.piece(this.head);
    target.number(facts.index);
    target.bytes(BODIES[(bits >>> 3) % BODIES.length] ?? NO_BYTES);
    target.piece(DIRECTIONS[route.direction]);
    target.piece(ERROR_STATUSES.includes(facts.status) ? (ERRORS[bits & 3] ?? P.noError) : P.noError);
    target.piece(P.from);
    this.writeAddress(target, facts, 'from');
    target.piece(P.to);
    this.writeAddress(target, facts, 'to');
    target.piece(P.service);
    target.piece(bits & 16 ? this.service : P.null);
    target.piece(P.media);
    target.piece(COUNTS[facts.media] ?? P.null);
    target.piece(P.segments);
    target.piece(COUNTS[facts.segments] ?? P.null);
    this.writeTimes(target, facts);
    target.piece(P.price);
    if (facts.isPriced) writePrice(target, facts.cost, (bits >>> 8) & 3);
    else target.piece(P.null);
    target.piece(P.priceUnit);
    target.piece(facts.isPriced ? (UNITS[facts.currency] ?? P.null) : P.null);
    target.piece(P.status);
    target.piece(STATUSES[facts.status] ?? P.null);
    const tail = route.media ? this.mediaTail : this.plainTail;
    const base = target.at;
    target.bytes(tail.bytes);
    const account = this.messages.account.index;
    const words = facts.isTwin
      ? this.sids.twinWords(account, SidKind.message, facts.index)
      : this.sids.words(account, SidKind.message, facts.index);
    target.patchHex(base, tail.sidPlaces, words);
  }

  private writeAddress(target: ByteWriter, facts: MessageFacts, side: 'to' | 'from'): void {
    const { sender } = facts.route;
    if (sender === 'whatsapp') target.piece(P.whatsapp);
    if (!isOwn(facts, side)) writeE164(target, facts.stranger);
    else target.piece((sender === 'shortcode' ? this.shortCodes : this.numbers)[facts.ownNumber] ?? P.null);
  }

  private writeTimes(target: ByteWriter, facts: MessageFacts): void {
    const createdAt = facts.sentAt - (facts.hasSent ? facts.bits & 7 : 0);
    target.piece(P.created);
    target.date(createdAt);
    target.piece(P.sent);
    if (facts.hasSent) target.date(facts.sentAt);
    else target.piece(P.null);
    target.piece(P.updated);
    target.date(facts.hasSent ? facts.sentAt + 1 : createdAt);
  }
}

const NO_BYTES = Buffer.alloc(0);
