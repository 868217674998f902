import { CATEGORIES, NEW_SERVICE, TOTAL_PRICE } from './categories.js';

/** Groups of usage categories that are compared with calls and messages; what no list knows is uncategorised. */
export const FAMILIES = [
  'voice',
  'client_and_sip_voice',
  'trunking',
  'sms',
  'mms',
  'channels',
  'uncategorised',
] as const;
export type Family = (typeof FAMILIES)[number];

/** By the category right below `totalprice`. */
const BY_TOP: Readonly<Record<string, Family>> = {
  calls: 'voice',
  'calls-client': 'client_and_sip_voice',
  'calls-sip': 'client_and_sip_voice',
  'trunking-origination': 'trunking',
  'trunking-termination': 'trunking',
  sms: 'sms',
  mms: 'mms',
  channels: 'channels',
};

function topOf(category: number): number {
  let at = category;
  for (let parent = CATEGORIES[at]?.parent ?? -1; parent >= 0 && parent !== TOTAL_PRICE; ) {
    at = parent;
    parent = CATEGORIES[at]?.parent ?? -1;
  }
  return at;
}

const BY_CATEGORY = CATEGORIES.map((_, category) =>
  category === NEW_SERVICE ? 'uncategorised' : BY_TOP[CATEGORIES[topOf(category)]?.name ?? ''],
);

/** The family of a category that calls or messages are counted in. Throws for any other: that would be a slip of this program. */
export function familyOf(category: number): Family {
  const family = BY_CATEGORY[category];
  if (family === undefined) throw new Error(`no record is counted in ${CATEGORIES[category]?.name}`);
  return family;
}
