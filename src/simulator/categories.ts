import { NumberType } from './phone-numbers.js';

/**
 * The usage categories that this Twilio knows, as in Twilio's list of usage categories: a part of that list that holds
 * every shape of it. A category's price is the sum of its children; only leaves have a price of their own.
 */
export interface Category {
  name: string;
  /** Index of the category that contains this one; -1 for `totalprice`. */
  parent: number;
  description: string;
  countUnit: string;
  usageUnit: string;
}

type Row = [name: string, parent: string, description: string, countUnit: string, usageUnit: string];

const CALLS: Row[] = [
  ['calls', 'totalprice', 'Voice Minutes', 'calls', 'minutes'],
  ['calls-inbound', 'calls', 'Inbound Voice Minutes', 'calls', 'minutes'],
  ['calls-inbound-local', 'calls-inbound', 'Inbound Local Calls', 'calls', 'minutes'],
  ['calls-inbound-mobile', 'calls-inbound', 'Inbound Mobile Calls', 'calls', 'minutes'],
  ['calls-inbound-tollfree', 'calls-inbound', 'Inbound Toll Free Calls', 'calls', 'minutes'],
  ['calls-outbound', 'calls', 'Outbound Voice Minutes', 'calls', 'minutes'],
  ['calls-client', 'totalprice', 'Client Calls', 'calls', 'minutes'],
  ['calls-sip', 'totalprice', 'SIP Calls', 'calls', 'minutes'],
  ['calls-sip-inbound', 'calls-sip', 'Inbound SIP Calls', 'calls', 'minutes'],
  ['calls-sip-outbound', 'calls-sip', 'Outbound SIP Calls', 'calls', 'minutes'],
  ['trunking-origination', 'totalprice', 'Trunking Origination', 'calls', 'minutes'],
  ['trunking-origination-local', 'trunking-origination', 'Trunking Origination Local', 'calls', 'minutes'],
  ['trunking-origination-mobile', 'trunking-origination', 'Trunking Origination Mobile', 'calls', 'minutes'],
  ['trunking-origination-tollfree', 'trunking-origination', 'Trunking Origination Toll Free', 'calls', 'minutes'],
  ['trunking-termination', 'totalprice', 'Trunking Termination', 'calls', 'minutes'],
];

const MESSAGES: Row[] = [
  ['sms', 'totalprice', 'SMS', 'messages', 'segments'],
  ['sms-inbound', 'sms', 'Inbound SMS', 'messages', 'segments'],
  ['sms-inbound-longcode', 'sms-inbound', 'Standard Inbound SMS', 'messages', 'segments'],
  ['sms-inbound-shortcode', 'sms-inbound', 'Short Code Inbound SMS', 'messages', 'segments'],
  ['sms-outbound', 'sms', 'Outbound SMS', 'messages', 'segments'],
  ['sms-outbound-longcode', 'sms-outbound', 'Standard Outbound SMS', 'messages', 'segments'],
  ['sms-outbound-shortcode', 'sms-outbound', 'Short Code Outbound SMS', 'messages', 'segments'],
  ['mms', 'totalprice', 'MMS', 'messages', 'segments'],
  ['mms-inbound', 'mms', 'Inbound MMS', 'messages', 'segments'],
  ['mms-inbound-longcode', 'mms-inbound', 'Standard Inbound MMS', 'messages', 'segments'],
  ['mms-inbound-shortcode', 'mms-inbound', 'Short Code Inbound MMS', 'messages', 'segments'],
  ['mms-outbound', 'mms', 'Outbound MMS', 'messages', 'segments'],
  ['mms-outbound-longcode', 'mms-outbound', 'Standard Outbound MMS', 'messages', 'segments'],
  ['mms-outbound-shortcode', 'mms-outbound', 'Short Code Outbound MMS', 'messages', 'segments'],
  ['channels', 'totalprice', 'Channels Platform', 'messages', 'messages'],
  ['channels-messaging', 'channels', 'Messaging Channels', 'messages', 'messages'],
  ['channels-messaging-inbound', 'channels-messaging', 'Messaging Channels Inbound', 'messages', 'messages'],
  ['channels-messaging-outbound', 'channels-messaging', 'Messaging Channels Outbound', 'messages', 'messages'],
  ['channels-whatsapp', 'channels', 'WhatsApp', 'messages', 'messages'],
  ['channels-whatsapp-inbound', 'channels-whatsapp', 'WhatsApp Inbound', 'messages', 'messages'],
  ['channels-whatsapp-outbound', 'channels-whatsapp', 'WhatsApp Outbound', 'messages', 'messages'],
];

const USAGE_ONLY: Row[] = [
  ['sms-messages-carrierfees', 'totalprice', 'SMS Carrier Fees', 'messages', 'segments'],
  ['mms-messages-carrierfees', 'totalprice', 'MMS Carrier Fees', 'messages', 'segments'],
  ['phonenumbers', 'totalprice', 'Phone Numbers', 'numbers', 'numbers'],
  ['phonenumbers-local', 'phonenumbers', 'Local Phone Numbers', 'numbers', 'numbers'],
  ['phonenumbers-mobile', 'phonenumbers', 'Mobile Phone Numbers', 'numbers', 'numbers'],
  ['phonenumbers-tollfree', 'phonenumbers', 'Toll Free Phone Numbers', 'numbers', 'numbers'],
  ['shortcodes', 'totalprice', 'Short Codes', 'shortcodes', 'shortcodes'],
  ['shortcodes-vanity', 'shortcodes', 'Vanity Short Codes', 'shortcodes', 'shortcodes'],
  ['recordings', 'totalprice', 'Recordings', 'recordings', 'minutes'],
  ['recordingstorage', 'totalprice', 'Recording Storage', 'recordings', 'minutes'],
  ['transcriptions', 'totalprice', 'Transcriptions', 'transcriptions', 'minutes'],
  ['calleridlookups', 'totalprice', 'Caller Name Lookups', 'lookups', 'lookups'],
  ['carrier-lookups', 'totalprice', 'Carrier Lookups', 'lookups', 'lookups'],
  ['answering-machine-detection', 'totalprice', 'Answering Machine Detection', 'calls', 'calls'],
  ['amazon-polly', 'totalprice', 'Amazon Polly Text-to-Speech', 'requests', 'characters'],
  ['mediastorage', 'totalprice', 'Media Storage', 'media', 'megabytes'],
  ['premiumsupport', 'totalprice', 'Premium Support', '', ''],
  ['wireless', 'totalprice', 'Programmable Wireless', '', ''],
  ['wireless-usage', 'wireless', 'Programmable Wireless Usage', '', ''],
  ['taskrouter-tasks', 'totalprice', 'TaskRouter Tasks', 'tasks', 'tasks'],
  ['failed-message-processing-fee', 'totalprice', 'Failed Message Processing Fee', 'messages', 'messages'],
];

function table(rows: Row[]): Category[] {
  const names = rows.map((row) => row[0]);
  return rows.map(([name, parent, description, countUnit, usageUnit]) => {
    return { name, parent: names.indexOf(parent), description, countUnit, usageUnit };
  });
}

export const CATEGORIES: readonly Category[] = table([
  ...CALLS,
  ...MESSAGES,
  ...USAGE_ONLY,
  ['totalprice', '', 'Total Price', '', ''],
  ['simulated-new-service', 'totalprice', 'Simulated New Service', 'units', 'units'],
]);

/** Index of a category by its name. Throws for a name that is not in the table: that would be a slip of this program. */
export function categoryIndex(name: string): number {
  const index = CATEGORIES.findIndex((category) => category.name === name);
  if (index < 0) throw new Error(`no such usage category: ${name}`);
  return index;
}

export const TOTAL_PRICE = categoryIndex('totalprice');
/** Where Twilio puts the fee of a failed message that it lists apart. */
export const FAILED_MESSAGE_FEE = categoryIndex('failed-message-processing-fee');
/** A category that no published list knows. It has no rows of zeros: it is seen only where it was injected. */
export const NEW_SERVICE = categoryIndex('simulated-new-service');

function byNumberType(prefix: string): number[] {
  const found: number[] = [];
  found[NumberType.local] = categoryIndex(`${prefix}-local`);
  found[NumberType.mobile] = categoryIndex(`${prefix}-mobile`);
  found[NumberType.tollFree] = categoryIndex(`${prefix}-tollfree`);
  return found;
}

/** Leaf categories by the type of the account's own number. */
export const CALLS_INBOUND = byNumberType('calls-inbound');
export const TRUNKING_ORIGINATION = byNumberType('trunking-origination');
export const PHONE_NUMBERS = byNumberType('phonenumbers');

/** The categories that the rows of the call and message lists add up to. */
export const ITEMISED = [
  'calls',
  'calls-client',
  'calls-sip',
  'trunking-origination',
  'trunking-termination',
  'sms',
  'mms',
  'channels',
] as const;
