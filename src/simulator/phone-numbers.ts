import { type ByteWriter, type Piece, piece, pieces } from './byte-writer.js';

/** Telephone numbers, made of parts that are ready to be written. */

const AREAS = pieces(Array.from({ length: 800 }, (_, value) => String(value + 200)));
const LINES = 10_000;
const ABROAD = pieces(['+4420', '+4930', '+8133', '+5511', '+3361', '+6129']);
const PLUS_ONE = piece('+1');
const OPEN = piece('(');
const CLOSE = piece(') ');
const DASH = piece('-');

function pick(table: Piece[], hash: number): Piece {
  return table[hash % table.length] ?? PLUS_ONE;
}

function line(hash: number): string {
  return String(hash % LINES).padStart(4, '0');
}

/** One number in eight is outside North America: those are shown in E.164 in `*_formatted` too. */
function isAbroad(hash: number): boolean {
  return (hash & 7) === 0;
}

/** E.164 of a stranger's number. */
export function e164(hash: number): string {
  if (isAbroad(hash)) return pick(ABROAD, hash >>> 3).text + line(hash >>> 6) + line(hash >>> 12);
  return `+1${pick(AREAS, hash >>> 3).text}${pick(AREAS, hash >>> 11).text}${line(hash >>> 17)}`;
}

/** Writes the same number. */
export function writeE164(target: ByteWriter, hash: number): void {
  if (isAbroad(hash)) {
    target.piece(pick(ABROAD, hash >>> 3));
    target.fourDigits((hash >>> 6) % LINES);
    target.fourDigits((hash >>> 12) % LINES);
    return;
  }
  target.piece(PLUS_ONE);
  target.piece(pick(AREAS, hash >>> 3));
  target.piece(pick(AREAS, hash >>> 11));
  target.fourDigits((hash >>> 17) % LINES);
}

/** The same number for display, as Twilio formats it: `(305) 141-6799`, or E.164 outside North America. */
export function writeFormatted(target: ByteWriter, hash: number): void {
  if (isAbroad(hash)) {
    writeE164(target, hash);
    return;
  }
  target.piece(OPEN);
  target.piece(pick(AREAS, hash >>> 3));
  target.piece(CLOSE);
  target.piece(pick(AREAS, hash >>> 11));
  target.piece(DASH);
  target.fourDigits((hash >>> 17) % LINES);
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
  const area = type === NumberType.tollFree ? '888' : pick(AREAS, hash >>> 3).text;
  const exchange = pick(AREAS, hash >>> 11).text;
  return {
    sid,
    type,
    e164: `+1${area}${exchange}${line(hash >>> 17)}`,
    formatted: `(${area}) ${exchange}-${line(hash >>> 17)}`,
  };
}
