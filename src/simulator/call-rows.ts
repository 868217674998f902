import type { Account } from './accounts.js';
import type { ByteWriter } from './byte-writer.js';
import { CALL_STATUSES, type CallFacts, type Calls, DURATION_EMPTY, DURATION_NULL } from './calls.js';
import { CURRENCIES, priceJson } from './money.js';
import { e164, formatted } from './phone-numbers.js';
import { NEVER } from './pricing.js';
import { type SidCodec, SidKind } from './sids.js';

/** No row is longer: two addresses of at most 64 bytes, and the rest is nearly fixed. */
const ROW_BYTES_MAX = 4096;

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

/** Caller names are JSON text; both null and "" occur, and a name beyond ASCII. */
const CALLER_NAMES = [
  'null',
  '""',
  '"WIRELESS CALLER"',
  'null',
  '"J\\u00f6rg \\"J.\\" M\\u00fcller"',
  '""',
  'null',
  'null',
];
const ANSWERED_BY = ['null', 'null', 'null', '"human"', 'null', '"machine_start"', 'null', 'null'];
const SID_MARK = '#'.repeat(32);

/** Where a call goes to or comes from, as Twilio writes it. */
export function callAddress(account: Account, facts: CallFacts, side: 'to' | 'from'): string {
  const end = facts.route[side];
  if (end === 'stranger') return e164(facts.stranger);
  if (end === 'client') return `client:agent_${facts.stranger % 97}`;
  if (end === 'sip') return `sip:user${facts.stranger % 97}@pbx${account.index}.example.com`;
  return account.numbers[facts.ownNumber]?.e164 ?? '';
}

function display(account: Account, facts: CallFacts, side: 'to' | 'from'): string {
  const end = facts.route[side];
  if (end === 'stranger') return formatted(facts.stranger);
  if (end === 'own') return account.numbers[facts.ownNumber]?.formatted ?? '';
  return callAddress(account, facts, side);
}

/** Every text in a row but the dates and SIDs, in quotes. */
function quoted(texts: readonly string[]): string[] {
  return texts.map((text) => `"${text}"`);
}

const QUOTED_STATUSES = quoted(CALL_STATUSES);
const QUOTED_CURRENCIES = quoted(CURRENCIES);

/**
 * Writes the calls of one account as JSON rows. Most of a row is the same for every call of an account but for the SID,
 * which stands in it eleven times: that part is kept as bytes and only patched.
 */
export class CallRows {
  private readonly head: string;
  private readonly tail: Buffer;
  private readonly sidPlaces: number[] = [];
  private readonly trunk: string;
  private readonly numberSids: string[];

  constructor(
    private readonly calls: Calls,
    private readonly sids: SidCodec,
  ) {
    const { account } = calls;
    const base = `/2010-04-01/Accounts/${account.sid}/Calls/CA${SID_MARK}`;
    const uris = SUBRESOURCES.map(([name, path]) => `"${name}":"${base}/${path}.json"`).join(',');
    this.head = '{"answered_by":';
    this.tail = Buffer.from(
      `"account_sid":"${account.sid}","annotation":null,"api_version":"2010-04-01","group_sid":null,"sid":"CA${SID_MARK}","subresource_uris":{${uris}},"uri":"${base}.json"}`,
      'latin1',
    );
    for (let at = this.tail.indexOf(SID_MARK); at >= 0; at = this.tail.indexOf(SID_MARK, at + 1))
      this.sidPlaces.push(at);
    this.trunk = `"TK${sids.hex(account.index, SidKind.other, 0)}"`;
    this.numberSids = quoted(account.numbers.map((number) => number.sid));
  }

  /** An upper bound for the bytes of `count` rows. */
  bytesMax(count: number): number {
    return count * ROW_BYTES_MAX;
  }

  /** Writes one row. */
  write(target: ByteWriter, facts: CallFacts): void {
    target.text(this.head);
    target.text(ANSWERED_BY[(facts.bits >>> 2) & 7] ?? 'null');
    this.writeEnds(target, facts);
    this.writeTimes(target, facts);
    this.writeCharge(target, facts);
    const base = target.at;
    target.bytes(this.tail);
    target.patchHex(base, this.sidPlaces, this.sids.words(this.calls.account.index, SidKind.call, facts.index));
  }

  private writeEnds(target: ByteWriter, facts: CallFacts): void {
    const { account } = this.calls;
    const { bits, route } = facts;
    const isInbound = route.direction === 'inbound';
    target.text(',"caller_name":');
    target.text(isInbound ? (CALLER_NAMES[(bits >>> 5) & 7] ?? 'null') : 'null');
    target.text(',"direction":"');
    target.text(route.direction);
    target.text('","forwarded_from":');
    if ((bits & 15) === 3) {
      target.text('"');
      target.text(account.numbers[facts.ownNumber]?.e164 ?? '');
      target.text('"');
    } else target.text((bits & 1) === 0 ? 'null' : '""');
    target.text(',"from":"');
    target.text(callAddress(account, facts, 'from'));
    target.text('","from_formatted":"');
    target.text(display(account, facts, 'from'));
    target.text('","to":"');
    target.text(callAddress(account, facts, 'to'));
    target.text('","to_formatted":"');
    target.text(display(account, facts, 'to'));
    target.text('","parent_call_sid":');
    if (facts.parent < 0) target.text('null');
    else {
      target.text('"CA');
      target.hex(this.sids.words(account.index, SidKind.call, facts.parent));
      target.text('"');
    }
    target.text(',"phone_number_sid":');
    target.text(isInbound ? (this.numberSids[facts.ownNumber] ?? 'null') : 'null');
    target.text(',"trunk_sid":');
    target.text(route.direction.startsWith('trunking') ? this.trunk : 'null');
  }

  private writeTimes(target: ByteWriter, facts: CallFacts): void {
    const { bits, startedAt, endedAt } = facts;
    const hasEnded = endedAt !== NEVER;
    const createdAt = startedAt - (bits & 3);
    target.text(',"date_created":');
    target.date(createdAt);
    target.text(',"date_updated":');
    target.date(hasEnded ? endedAt : createdAt);
    target.text(',"start_time":');
    if (facts.hasStarted) target.date(startedAt);
    else target.text('null');
    target.text(',"end_time":');
    if (hasEnded) target.date(endedAt);
    else target.text('null');
    target.text(',"queue_time":"');
    target.text((bits & 16) === 0 ? String(bits & 1023) : '0');
  }

  private writeCharge(target: ByteWriter, facts: CallFacts): void {
    const { duration } = facts;
    target.text('","duration":');
    if (duration === DURATION_NULL) target.text('null');
    else {
      target.text('"');
      if (duration !== DURATION_EMPTY) target.text(String(duration));
      target.text('"');
    }
    target.text(',"price":');
    target.text(facts.isPriced ? priceJson(facts.cost, (facts.bits >>> 8) & 3) : 'null');
    target.text(',"price_unit":');
    target.text(QUOTED_CURRENCIES[facts.currency] ?? 'null');
    target.text(',"status":');
    target.text(QUOTED_STATUSES[facts.status] ?? 'null');
    target.text(',');
  }
}
