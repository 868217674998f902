/** Telephone numbers, composed from tables so that the hot path only joins strings. */

const THREE = Array.from({ length: 800 }, (_, value) => String(value + 200));
const FOUR = Array.from({ length: 10_000 }, (_, value) => String(value).padStart(4, '0'));
const ABROAD = ['+4420', '+4930', '+8133', '+5511', '+3361', '+6129'];

function part(table: string[], hash: number): string {
  return table[hash % table.length] ?? '';
}

/** One number in eight is outside North America: those are shown in E.164 in `*_formatted` too. */
export function isAbroad(hash: number): boolean {
  return (hash & 7) === 0;
}

/** E.164 of a stranger's number. */
export function e164(hash: number): string {
  if (isAbroad(hash)) return part(ABROAD, hash >>> 3) + part(FOUR, hash >>> 6) + part(FOUR, hash >>> 12);
  return `+1${part(THREE, hash >>> 3)}${part(THREE, hash >>> 11)}${part(FOUR, hash >>> 17)}`;
}

/** The same number for display, as Twilio formats it: `(305) 141-6799`, or E.164 outside North America. */
export function formatted(hash: number): string {
  if (isAbroad(hash)) return e164(hash);
  return `(${part(THREE, hash >>> 3)}) ${part(THREE, hash >>> 11)}-${part(FOUR, hash >>> 17)}`;
}

export const NumberType = { local: 0, mobile: 1, tollFree: 2 } as const;
export type NumberType = (typeof NumberType)[keyof typeof NumberType];

/** A number that belongs to an account. */
export interface OwnNumber {
  sid: string;
  type: NumberType;
  e164: string;
  formatted: string;
}

/** A number of the account's own. Toll-free ones begin with 888, so that a reader can tell them. */
export function ownNumber(sid: string, type: NumberType, hash: number): OwnNumber {
  const area = type === NumberType.tollFree ? '888' : part(THREE, hash >>> 3);
  const exchange = part(THREE, hash >>> 11);
  const line = part(FOUR, hash >>> 17);
  return { sid, type, e164: `+1${area}${exchange}${line}`, formatted: `(${area}) ${exchange}-${line}` };
}
