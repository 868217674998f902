/** JSON's own marks, which are ASCII: they are found among the bytes of UTF-8 without decoding it. */
export const mark = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  less: 0x3c,
  arrayStart: 0x5b,
  backslash: 0x5c,
  arrayEnd: 0x5d,
  objectStart: 0x7b,
  objectEnd: 0x7d,
} as const;

/** The next byte from `from` on, forwards or backwards, that is not JSON's white space. */
export function nonSpace(bytes: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  for (let byte = bytes[at]; byte === 32 || byte === 9 || byte === 10 || byte === 13; byte = bytes[at]) at += step;
  return at;
}

/** Where the text ends whose first quote stands at `start`: behind its last quote. */
export function textEnd(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (let byte = bytes[at]; byte !== undefined && byte !== mark.quote; byte = bytes[at]) {
    at += byte === mark.backslash ? 2 : 1;
  }
  return at + 1;
}

/** The text whose first quote stands at `start`; undefined where it is none. */
export function textAt(json: Buffer, start: number): string | undefined {
  try {
    return JSON.parse(json.toString('utf8', start, textEnd(json, start))) as string;
  } catch {
    return undefined;
  }
}

/**
 * Tells where each value of a key begins. `key` comes without its first quote: a quote is frequent, and the search would stop at each.
 * Inside a text the key's quotes would be escaped, and no colon would follow.
 */
export function eachValue(bytes: Buffer, key: `${string}"`, visit: (start: number) => void): void {
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + key.length)) {
    const colon = nonSpace(bytes, at + key.length, 1);
    if (bytes[at - 1] === mark.quote && bytes[colon] === mark.colon) visit(nonSpace(bytes, colon + 1, 1));
  }
}
