import { type Account, currencyAt } from './accounts.js';
import { categoryIndex, FAILED_MESSAGE_FEE } from './categories.js';
import { applyChange, corrected, correctedAt, NEVER, pricedAt, type RecordChange, rateFor } from './pricing.js';
import { deriveKey, mix } from './random.js';
import type { Slots } from './rhythm.js';

/** In the order of Twilio's OpenAPI document (message_enum_status). */
export const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'sent',
  'failed',
  'delivered',
  'undelivered',
  'receiving',
  'received',
  'accepted',
  'scheduled',
  'read',
  'partially_delivered',
  'canceled',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

type Direction = 'inbound' | 'outbound-api' | 'outbound-call' | 'outbound-reply';
type Sender = 'number' | 'shortcode' | 'whatsapp';

/** One way in which a message can go, and what Twilio counts it as. */
export interface MessageRoute {
  direction: Direction;
  sender: Sender;
  media: boolean;
  leaf: number;
  /** Leaf of the carrier's fee, which only usage knows; -1 = none. */
  feeLeaf: number;
  /** List price per segment, in hundred-millionths of a US dollar. */
  listPrice: number;
}

const SMS_FEE = categoryIndex('sms-messages-carrierfees');
const MMS_FEE = categoryIndex('mms-messages-carrierfees');

/** Carrier fee per segment, in hundred-millionths of a US dollar. */
export const CARRIER_FEES = { sms: 300_000, mms: 500_000 };

function route(direction: Direction, sender: Sender, media: boolean): MessageRoute {
  const way = direction === 'inbound' ? 'inbound' : 'outbound';
  const service = media ? 'mms' : 'sms';
  const code = sender === 'shortcode' ? 'shortcode' : 'longcode';
  const leaf = categoryIndex(sender === 'whatsapp' ? `channels-whatsapp-${way}` : `${service}-${way}-${code}`);
  const hasFee = way === 'outbound' && sender !== 'whatsapp';
  const listPrice = sender === 'whatsapp' ? 500_000 : media ? (way === 'inbound' ? 1_650_000 : 2_200_000) : 790_000;
  return { direction, sender, media, leaf, feeLeaf: hasFee ? (media ? MMS_FEE : SMS_FEE) : -1, listPrice };
}

function repeat(count: number, found: MessageRoute): MessageRoute[] {
  return Array.from({ length: count }, () => found);
}

/** Thirty-two, so that five bits choose. */
const ROUTES: readonly MessageRoute[] = [
  ...repeat(12, route('outbound-api', 'number', false)),
  ...repeat(2, route('outbound-reply', 'number', false)),
  route('outbound-call', 'number', false),
  ...repeat(6, route('inbound', 'number', false)),
  ...repeat(2, route('outbound-api', 'shortcode', false)),
  route('inbound', 'shortcode', false),
  ...repeat(2, route('outbound-api', 'number', true)),
  route('inbound', 'number', true),
  route('outbound-api', 'shortcode', true),
  ...repeat(2, route('outbound-api', 'whatsapp', false)),
  route('outbound-reply', 'whatsapp', false),
  route('inbound', 'whatsapp', false),
];

function statuses(...names: MessageStatus[]): number[] {
  return names.map((name) => MESSAGE_STATUSES.indexOf(name));
}

const OUTBOUND = statuses('delivered', 'delivered', 'delivered', 'sent', 'sent', 'undelivered', 'delivered', 'read');
const INBOUND = statuses('received');
const UNSENT = statuses('queued', 'accepted', 'scheduled', 'failed', 'canceled');
const RARE = statuses('sending', 'partially_delivered');
export const [FAILED = 0] = statuses('failed');
const [RECEIVING = 0] = statuses('receiving');

/** What Twilio charges for handling a message that failed: 0.001 dollars, in hundred-millionths. */
const FAILED_FEE = 100_000;

/** One message as it looks at a given instant. Reused from record to record. */
export class MessageFacts {
  index = 0;
  /** When it was sent, if it was; else when it was created. Seconds, UTC. */
  sentAt = 0;
  hasSent = true;
  status = 0;
  route: MessageRoute = ROUTES[0] as MessageRoute;
  segments = 1;
  media = 0;
  ownNumber = 0;
  currency = 0;
  /** The leaf category that counts it. */
  leaf = 0;
  isPriced = false;
  /** What the list says. Whole hundred-millionths; positive = charged. */
  cost = 0;
  /** What usage counts beside the fee: the same, but where a test wants it otherwise. */
  charged = 0;
  /** Whether its double is meant: a row of the same contents under another SID. */
  isTwin = false;
  /** The carrier's fee, known once the price is: only usage shows it. */
  fee = 0;
  bits = 0;
  stranger = 0;
}

/** The messages of one account. */
export class Messages {
  readonly count: number;
  /** What tests have changed, by index. Nearly always empty. */
  readonly changes = new Map<number, RecordChange>();
  /** Whether listed prices hold the carrier's fee. Usage lists it apart always. */
  listsCarrierFees = false;
  /** Whether usage lists what failed messages cost apart from sent ones. */
  countsFailedApart = false;
  private readonly routeKey: number;
  private readonly statusKey: number;
  private readonly priceKey: number;

  constructor(
    readonly account: Account,
    private readonly slots: Slots,
    seed: number,
    private readonly plain: boolean,
  ) {
    this.count = slots.count;
    const key = deriveKey(seed, 0x5e5, account.index);
    this.routeKey = deriveKey(key, 1);
    this.statusKey = deriveKey(key, 2);
    this.priceKey = deriveKey(key, 3);
  }

  /** When a message was sent (or created, if it was not). Never smaller than that of the message before it. */
  timeOf(index: number): number {
    return this.slots.timeOf(index);
  }

  /** Whether a message was ever sent: without `date_sent` no date filter reaches it. */
  hasSent(index: number): boolean {
    return this.plain || mix(this.statusKey, index) % 251 !== 7;
  }

  /** Whether a message has media, and so a SID that begins with MM. */
  hasMedia(index: number): boolean {
    return (ROUTES[mix(this.routeKey, index) & 31] as MessageRoute).media;
  }

  /** What is known of a message at an instant. */
  read(index: number, now: number, facts: MessageFacts): void {
    const routeHash = mix(this.routeKey, index);
    const statusHash = mix(this.statusKey, index);
    const found = ROUTES[routeHash & 31] as MessageRoute;
    const isInbound = found.direction === 'inbound';
    const change = this.changes.size > 0 ? this.changes.get(index) : undefined;
    facts.index = index;
    facts.route = found;
    facts.sentAt = this.slots.timeOf(index);
    facts.hasSent = this.plain || statusHash % 251 !== 7;
    facts.ownNumber = (routeHash >>> 5) % this.account.numbers.length;
    facts.bits = routeHash >>> 9;
    facts.stranger = mix(this.routeKey, ~index);
    facts.media = found.media ? 1 + ((statusHash >>> 20) & 1) : 0;
    const long = (statusHash >>> 8) & 15;
    facts.segments = found.sender !== 'number' || long < 11 ? 1 : long < 15 ? long - 9 : 10;
    facts.currency = currencyAt(this.account, facts.sentAt);
    const luck = this.plain ? 31 : (statusHash >>> 12) & 127;
    if (!facts.hasSent) facts.status = isInbound ? RECEIVING : (UNSENT[(statusHash >>> 12) % UNSENT.length] ?? 0);
    else if (isInbound) facts.status = INBOUND[0] ?? 0;
    else if (luck < 5) facts.status = FAILED;
    else if (luck === 5) facts.status = RARE[(statusHash >>> 19) & 1] ?? 0;
    else facts.status = OUTBOUND[(statusHash >>> 19) & 7] ?? 0;
    if (change?.isFailed) facts.status = FAILED;
    facts.leaf = this.countsFailedApart && facts.status === FAILED ? FAILED_MESSAGE_FEE : found.leaf;
    this.readPrice(mix(this.priceKey, index), now, facts);
    facts.charged = facts.cost;
    if (change !== undefined) applyChange(facts, change);
    if (this.listsCarrierFees && facts.isPriced) facts.cost += facts.fee;
  }

  isDeleted(index: number): boolean {
    return this.changes.size > 0 && this.changes.get(index)?.isDeleted === true;
  }

  /** Whether the list shows a message twice. */
  hasTwin(index: number): boolean {
    return this.changes.size > 0 && this.changes.get(index)?.isTwin === true;
  }

  private readPrice(hash: number, now: number, facts: MessageFacts): void {
    const at = facts.hasSent ? (this.plain ? facts.sentAt : pricedAt(facts.sentAt, hash)) : NEVER;
    facts.isPriced = at <= now;
    facts.cost = 0;
    facts.fee = 0;
    if (!facts.isPriced) return;
    const isFailed = facts.status === FAILED;
    const units = isFailed ? 1 : facts.segments;
    const cost = rateFor(this.account, isFailed ? FAILED_FEE : facts.route.listPrice, facts.sentAt) * units;
    facts.cost = cost;
    if (facts.route.feeLeaf >= 0 && !isFailed) {
      const fee = facts.route.media ? CARRIER_FEES.mms : CARRIER_FEES.sms;
      facts.fee = rateFor(this.account, fee, facts.sentAt) * facts.segments;
    }
    if (this.plain) return;
    if (hash % 4001 === 0) facts.cost = -cost;
    else if (hash % 67 === 0) facts.cost = 0;
    if (correctedAt(at, hash) <= now) facts.cost = corrected(cost, hash);
  }
}
