import type { Account } from './accounts.js';
import { CALL_STATUSES, type CallFacts, type Calls, DURATION_EMPTY, DURATION_NULL } from './calls.js';
import { CURRENCIES, priceJson } from './money.js';
import { e164, formatted } from './phone-numbers.js';
import { type SidCodec, SidKind } from './sids.js';
import { rfc2822 } from './time.js';

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

/**
 * Writes the calls of one account as JSON rows. Most of a row is the same for every call of an account but for the SID,
 * which stands in it eleven times: that part is kept as bytes and only patched.
 */
export class CallRows {
  private readonly tail: Buffer;
  private readonly sidPlaces: number[] = [];
  private readonly head: string;
  private readonly trunk: string;

  constructor(
    private readonly calls: Calls,
    private readonly sids: SidCodec,
  ) {
    const account = calls.account;
    const base = `/2010-04-01/Accounts/${account.sid}/Calls/CA${SID_MARK}`;
    const uris = SUBRESOURCES.map(([name, path]) => `"${name}":"${base}/${path}.json"`).join(',');
    this.head = `{"account_sid":"${account.sid}","annotation":null,"answered_by":`;
    this.trunk = `"TK${sids.hex(account.index, SidKind.other, 0)}"`;
    this.tail = Buffer.from(`"sid":"CA${SID_MARK}","subresource_uris":{${uris}},"uri":"${base}.json"}`, 'latin1');
    for (let at = this.tail.indexOf(SID_MARK); at >= 0; at = this.tail.indexOf(SID_MARK, at + 1))
      this.sidPlaces.push(at);
  }

  /** An upper bound for the bytes of `count` rows. */
  bytesMax(count: number): number {
    return count * ROW_BYTES_MAX;
  }

  /** Writes one row at an offset and returns the offset after it. */
  write(target: Buffer, offset: number, facts: CallFacts): number {
    const at = offset + target.write(this.front(facts), offset, 'latin1');
    this.tail.copy(target, at);
    let first = -1;
    for (const place of this.sidPlaces) {
      if (first < 0) {
        first = at + place;
        this.sids.write(target, first, this.calls.account.index, SidKind.call, facts.index);
      } else target.copyWithin(at + place, first, first + 32);
    }
    return at + this.tail.length;
  }

  private front(facts: CallFacts): string {
    const { account } = this.calls;
    const { bits, route, duration } = facts;
    const own = account.numbers[facts.ownNumber];
    const started = facts.startedAt;
    const createdText = rfc2822(started - (bits & 3));
    const endText = facts.endedAt === Number.POSITIVE_INFINITY ? 'null' : `"${rfc2822(facts.endedAt)}"`;
    const isTrunk = route.direction.charCodeAt(0) === 116;
    const isInbound = route.direction === 'inbound';
    const length = duration === DURATION_NULL ? 'null' : duration === DURATION_EMPTY ? '""' : `"${duration}"`;
    const parent = facts.parent < 0 ? 'null' : `"CA${this.sids.hex(account.index, SidKind.call, facts.parent)}"`;
    return `${this.head}${ANSWERED_BY[(bits >>> 2) & 7]},"api_version":"2010-04-01","caller_name":${
      isInbound ? CALLER_NAMES[(bits >>> 5) & 7] : 'null'
    },"date_created":"${createdText}","date_updated":"${
      facts.endedAt === Number.POSITIVE_INFINITY ? createdText : rfc2822(facts.endedAt)
    }","direction":"${route.direction}","duration":${length},"end_time":${endText},"forwarded_from":${
      (bits & 15) === 3 && own !== undefined ? `"${own.e164}"` : (bits & 1) === 0 ? 'null' : '""'
    },"from":"${callAddress(account, facts, 'from')}","from_formatted":"${display(account, facts, 'from')}","group_sid":null,"parent_call_sid":${parent},"phone_number_sid":${
      isInbound && own !== undefined ? `"${own.sid}"` : 'null'
    },"price":${facts.isPriced ? priceJson(facts.cost, (bits >>> 8) & 3) : 'null'},"price_unit":"${
      CURRENCIES[facts.currency]
    }","queue_time":"${(bits >>> 4) & 1 ? '0' : bits & 1023}","start_time":${
      facts.hasStarted ? `"${rfc2822(started)}"` : 'null'
    },"status":"${CALL_STATUSES[facts.status]}","to":"${callAddress(account, facts, 'to')}","to_formatted":"${display(account, facts, 'to')}","trunk_sid":${
      isTrunk ? this.trunk : 'null'
    },`;
  }
}
