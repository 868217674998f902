import { deriveKey, mix } from './random.js';

/** What a SID stands for. The number is part of what is scrambled into it. */
export const SidKind = { call: 0, message: 1, account: 2, number: 3, other: 4 } as const;
export type SidKind = (typeof SidKind)[keyof typeof SidKind];

type RecordKind = typeof SidKind.call | typeof SidKind.message;

const KINDS = 5;
/** The doubles of records are among the other SIDs, behind the few that an account has of its own. */
const TWINS_FROM = 2;
const ROUNDS = 4;

/**
 * Turns (account, kind, index) into 32 hexadecimal digits that look random, and back. A page token holds only a SID, as
 * Twilio's do, so the SID must lead back to its record: a keyed Feistel network over 64 bits, followed by 64 bits of
 * keyed hash so that a made-up SID is not taken for one of ours.
 */
export class SidCodec {
  private readonly keys: number[];
  private readonly current = new Uint32Array(4);

  constructor(seed: number) {
    this.keys = Array.from({ length: ROUNDS + 2 }, (_, round) => deriveKey(seed, 0x51d, round));
  }

  /** The digits as four words of eight, first digits first. The array is used again at the next call. */
  words(account: number, kind: SidKind, index: number): Uint32Array {
    const { keys, current } = this;
    let left = account * KINDS + kind;
    let right = index;
    for (let round = 0; round < ROUNDS; round++) {
      const next = (left ^ mix(keys[round] ?? 0, right)) >>> 0;
      left = right;
      right = next;
    }
    current[0] = left;
    current[1] = right;
    current[2] = mix(keys[ROUNDS] ?? 0, left) ^ right;
    current[3] = mix(keys[ROUNDS + 1] ?? 0, right ^ mix(left, 7));
    return current;
  }

  /** As `words`, of the double of a call or message. */
  twinWords(account: number, kind: RecordKind, index: number): Uint32Array {
    return this.words(account, SidKind.other, TWINS_FROM + index * 2 + kind);
  }

  /** The 32 digits as text. */
  hex(account: number, kind: SidKind, index: number): string {
    let text = '';
    for (const word of this.words(account, kind, index)) text += word.toString(16).padStart(8, '0');
    return text;
  }

  /** What the 32 digits stand for, or undefined where they are not ours. */
  decode(hex: string): { account: number; kind: number; index: number } | undefined {
    if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
    let left = Number.parseInt(hex.slice(0, 8), 16);
    let right = Number.parseInt(hex.slice(8, 16), 16);
    for (let round = ROUNDS - 1; round >= 0; round--) {
      const before = (right ^ mix(this.keys[round] ?? 0, left)) >>> 0;
      right = left;
      left = before;
    }
    const found = { account: Math.floor(left / KINDS), kind: left % KINDS, index: right };
    return this.hex(found.account, found.kind as SidKind, found.index) === hex ? found : undefined;
  }

  /** The 32 digits of a call or message, or of its double. */
  recordHex(account: number, kind: RecordKind, index: number, isTwin: boolean): string {
    return isTwin ? this.hex(account, SidKind.other, TWINS_FROM + index * 2 + kind) : this.hex(account, kind, index);
  }

  /** The index of the record of an account that a SID stands for, and whether it is that of its double. */
  record(hex: string, account: number, kind: RecordKind): { index: number; isTwin: boolean } | undefined {
    const found = this.decode(hex);
    if (found === undefined || found.account !== account) return undefined;
    if (found.kind === kind) return { index: found.index, isTwin: false };
    const at = found.index - TWINS_FROM;
    if (found.kind !== SidKind.other || at < 0 || at % 2 !== kind) return undefined;
    return { index: (at - kind) / 2, isTwin: true };
  }
}
