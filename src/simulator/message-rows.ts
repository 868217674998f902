import type { Account } from './accounts.js';
import { MESSAGE_STATUSES, type MessageFacts, type Messages } from './messages.js';
import { CURRENCIES, priceJson } from './money.js';
import { BODY_CANARY, BODY_TEXTS } from './names.js';
import { e164 } from './phone-numbers.js';
import { deriveKey } from './random.js';
import { type SidCodec, SidKind } from './sids.js';
import { rfc2822 } from './time.js';

const BODIES = BODY_TEXTS.map((text) => JSON.stringify(` ${text}`).slice(1));
const ERRORS = [
  ['30003', 'Unreachable destination handset'],
  ['30005', 'Unknown destination handset'],
  ['30007', 'Message filtered'],
  ['30008', 'Unknown error'],
] as const;

/** Where a message goes to or comes from, as Twilio writes it: a number, a short code, or `whatsapp:` and a number. */
export function messageAddress(account: Account, facts: MessageFacts, side: 'to' | 'from'): string {
  const { sender, direction } = facts.route;
  const prefix = sender === 'whatsapp' ? 'whatsapp:' : '';
  const isOwn = (direction === 'inbound') === (side === 'to');
  if (!isOwn) return prefix + e164(facts.stranger);
  if (sender === 'shortcode') return String(20_000 + (account.index % 900) * 10 + (facts.ownNumber % 10));
  return prefix + (account.numbers[facts.ownNumber]?.e164 ?? '');
}

/** `SM…`, or `MM…` where there is media. */
export function messageSid(account: Account, hasMedia: boolean, index: number, sids: SidCodec): string {
  return `${hasMedia ? 'MM' : 'SM'}${sids.hex(account.index, SidKind.message, index)}`;
}

/** Writes the messages of one account as JSON rows. */
export class MessageRows {
  private readonly service: string;
  private readonly seedText: string;

  constructor(
    private readonly messages: Messages,
    private readonly sids: SidCodec,
  ) {
    const { index } = messages.account;
    this.service = `"MG${sids.hex(index, SidKind.other, 1)}"`;
    this.seedText = deriveKey(index, 0xb0d1).toString(16).padStart(8, '0');
  }

  /** One row as JSON text. Anything beyond ASCII in it stands as it is, to be sent as UTF-8. */
  row(facts: MessageFacts): string {
    const { account } = this.messages;
    const { bits } = facts;
    const sid = messageSid(account, facts.route.media, facts.index, this.sids);
    const base = `/2010-04-01/Accounts/${account.sid}/Messages/${sid}`;
    const created = rfc2822(facts.sentAt - (facts.hasSent ? bits & 7 : 0));
    const sent = facts.hasSent ? `"${rfc2822(facts.sentAt)}"` : 'null';
    const status = MESSAGE_STATUSES[facts.status] ?? 'sent';
    const error = status === 'failed' || status === 'undelivered' ? ERRORS[bits & 3] : undefined;
    return `{"account_sid":"${account.sid}","api_version":"2010-04-01","body":"${BODY_CANARY}${this.seedText}-${
      facts.index
    }${BODIES[(bits >>> 3) % BODIES.length]},"date_created":"${created}","date_sent":${sent},"date_updated":"${
      facts.hasSent ? rfc2822(facts.sentAt + 1) : created
    }","direction":"${facts.route.direction}","error_code":${error ? error[0] : 'null'},"error_message":${
      error ? `"${error[1]}"` : 'null'
    },"from":"${messageAddress(account, facts, 'from')}","messaging_service_sid":${
      bits & 16 ? this.service : 'null'
    },"num_media":"${facts.media}","num_segments":"${facts.segments}","price":${
      facts.isPriced ? priceJson(facts.cost, (bits >>> 8) & 3).text : 'null'
    },"price_unit":${facts.isPriced ? `"${CURRENCIES[facts.currency]}"` : 'null'},"sid":"${sid}","status":"${status}","subresource_uris":{"media":"${base}/Media.json","feedback":"${base}/Feedback.json"},"to":"${messageAddress(account, facts, 'to')}","uri":"${base}.json"}`;
  }
}
