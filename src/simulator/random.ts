/**
 * Numbers that look random and are pure functions of their inputs. The world has no state: record number k of an
 * account is whatever these functions say it is, so any record can be had without the ones before it.
 */

/** A 32-bit hash with good avalanche ("lowbias32"). Returns an unsigned 32-bit integer. */
export function hash32(value: number): number {
  let x = value | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}

/** Hashes an index under a key. Returns an unsigned 32-bit integer. */
export function mix(key: number, index: number): number {
  return hash32(Math.imul(index, 0x9e3779b1) ^ key);
}

/** Derives a key for one purpose from a list of numbers (seed, account, purpose). */
export function deriveKey(...parts: number[]): number {
  let key = 0x51ed270b;
  for (const part of parts) key = hash32(mix(key, part) + 0x2545f491);
  return key;
}

/** A fraction in [0, 1) from a 32-bit hash. */
export function fraction(hash: number): number {
  return hash / 4294967296;
}

const HEX = '0123456789abcdef';

/** Thirty-two hexadecimal digits, as auth tokens and secrets have them. */
export function hexToken(key: number): string {
  let text = '';
  for (let word = 0; word < 4; word++) {
    let value = mix(key, word + 1);
    for (let digit = 0; digit < 8; digit++) {
      text += HEX.charAt(value & 15);
      value >>>= 4;
    }
  }
  return text;
}
