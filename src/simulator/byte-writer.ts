import { DAY_SECONDS, dayText, monthName, weekdayName } from './time.js';

/**
 * The simulator must not be the bottleneck of a bench, and most of what it does is to write rows. Writing a character at
 * a time, or joining strings and encoding them, took five times as long as this: eight ASCII characters are the bytes of
 * one double, and storing a double is one instruction. (No eight ASCII characters are a NaN, so none is changed.)
 */
const scratch = new Float64Array(1);
const scratchBytes = new Uint8Array(scratch.buffer);
const scratchPairs = new Uint16Array(scratch.buffer);

function asDouble(text: string): number {
  for (let at = 0; at < 8; at++) scratchBytes[at] = text.charCodeAt(at);
  return scratch[0] ?? 0;
}

/** A text, ASCII only, ready to be written: `doubles` doubles of the pool from `start`. */
export interface Piece {
  text: string;
  length: number;
  start: number;
  doubles: number;
}

/** One array for all pieces: following a pointer to each one's own took longer than writing it. */
let pool = new Float64Array(1 << 16);
let poolEnd = 0;

export function piece(text: string): Piece {
  const doubles = Math.ceil(text.length / 8);
  if (poolEnd + doubles > pool.length) {
    const larger = new Float64Array(pool.length * 2);
    larger.set(pool);
    pool = larger;
  }
  const start = poolEnd;
  for (let at = 0; at < doubles; at++) pool[poolEnd++] = asDouble(text.slice(at * 8).padEnd(8));
  return { text, length: text.length, start, doubles };
}

/** The pieces of a list of texts. */
export function pieces(texts: readonly string[]): Piece[] {
  return texts.map(piece);
}

/** Two characters as the number that has the same bytes. */
function pairOf(text: string): number {
  scratchBytes[0] = text.charCodeAt(0);
  scratchBytes[1] = text.charCodeAt(1);
  return scratchPairs[0] ?? 0;
}

const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, value) => pairOf(value.toString(16).padStart(2, '0')));

/** The eight hexadecimal digits of a word. */
function hexDouble(word: number): number {
  scratchPairs[0] = HEX_PAIRS[word >>> 24] ?? 0;
  scratchPairs[1] = HEX_PAIRS[(word >>> 16) & 255] ?? 0;
  scratchPairs[2] = HEX_PAIRS[(word >>> 8) & 255] ?? 0;
  scratchPairs[3] = HEX_PAIRS[word & 255] ?? 0;
  return scratch[0] ?? 0;
}

const PAIRS = Uint16Array.from({ length: 100 }, (_, value) => pairOf(String(value).padStart(2, '0')));
const FOURS = Float64Array.from({ length: 10_000 }, (_, value) => asDouble(`${String(value).padStart(4, '0')}    `));
const ZONE = asDouble(' +0000" ');
const dayHeads = new Map<number, Piece>();

/** The sixteen characters `Fri, 18 Oct 2019`. */
function headOf(day: number): Piece {
  let head = dayHeads.get(day);
  if (head === undefined) {
    const date = dayText(day);
    head = piece(`${weekdayName(day)}, ${date.slice(8)} ${monthName(day)} ${date.slice(0, 4)}`);
    dayHeads.set(day, head);
  }
  return head;
}

/** A piece may be written up to seven bytes beyond its end; what comes next is written over them. */
const SLACK_BYTES = 8;

/**
 * Buffers of pages that have been sent, to be written again: memory fresh from the system costs as much as the page
 * that is written into it. Bounded, so that a burst of requests does not keep what it took.
 */
const spare: Buffer[] = [];
const SPARE_MAX = 8;
const SPARE_BYTES_MIN = 1 << 19;

function takeBuffer(bytes: number): Buffer {
  if (bytes < SPARE_BYTES_MIN) return Buffer.allocUnsafeSlow(bytes);
  // The last one given back is the one that the processor still has at hand.
  const at = spare.findLastIndex((buffer) => buffer.length >= bytes);
  const [found] = at < 0 ? [] : spare.splice(at, 1);
  return found ?? Buffer.allocUnsafeSlow(bytes);
}

/** Gives back the memory of what was written, once it has been sent. Nobody may read it afterwards. */
export function recycle(written: Buffer): void {
  const { buffer } = written;
  if (buffer.byteLength >= SPARE_BYTES_MIN && spare.length < SPARE_MAX) spare.push(Buffer.from(buffer));
}

/** Writes ASCII text into a buffer, from its start to its end. */
export class ByteWriter {
  private readonly buffer: Buffer;
  private readonly view: DataView;
  private day = 0;
  private head = headOf(0);
  /** Where the next byte goes. */
  at = 0;

  constructor(bytesMax: number) {
    this.buffer = takeBuffer(bytesMax + SLACK_BYTES);
    this.view = new DataView(this.buffer.buffer);
  }

  /** What has been written. */
  written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  /** A text that was not made ready before. */
  text(text: string): void {
    this.at += this.buffer.write(text, this.at, 'latin1');
  }

  bytes(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  piece(piece: Piece): void {
    const { view, at } = this;
    const { start, doubles } = piece;
    view.setFloat64(at, pool[start] ?? 0, true);
    for (let index = 1; index < doubles; index++) view.setFloat64(at + index * 8, pool[start + index] ?? 0, true);
    this.at = at + piece.length;
  }

  /** A whole number from 0 to 2,147,483,647, without leading zeros. */
  number(value: number): void {
    const { view } = this;
    let digits = 1;
    for (let limit = 10; limit <= value; limit *= 10) digits++;
    let rest = value | 0;
    for (let at = this.at + digits - 1; at >= this.at; at--) {
      const next = (rest / 10) | 0;
      view.setUint8(at, 48 + rest - next * 10);
      rest = next;
    }
    this.at += digits;
  }

  /**
   * A plain decimal in quotes.
   *
   * @param units hundred-millionths; a safe integer, so that its whole part is below 2^27
   * @param decimalsLeast how many decimals are shown even where they are zeros
   */
  decimal(units: number, decimalsLeast: number): void {
    const { view } = this;
    view.setUint8(this.at++, 34);
    if (units < 0) view.setUint8(this.at++, 45);
    const size = Math.abs(units);
    const whole = Math.floor(size / 100_000_000);
    const rest = size - whole * 100_000_000;
    this.number(whole);
    const upper = (rest / 10_000) | 0;
    const lower = (rest - upper * 10_000) | 0;
    let decimals = lower === 0 ? 4 : 8;
    for (let last = lower === 0 ? upper : lower; decimals > decimalsLeast && last % 10 === 0; last = (last / 10) | 0) {
      decimals--;
    }
    if (decimals < decimalsLeast) decimals = decimalsLeast;
    if (decimals > 0) {
      view.setUint8(this.at, 46);
      view.setFloat64(this.at + 1, FOURS[upper] ?? 0, true);
      view.setFloat64(this.at + 5, FOURS[lower] ?? 0, true);
      this.at += 1 + decimals;
    }
    view.setUint8(this.at++, 34);
  }

  /** Four digits of a number below 10,000. */
  fourDigits(value: number): void {
    this.view.setFloat64(this.at, FOURS[value] ?? 0, true);
    this.at += 4;
  }

  /** `"Fri, 18 Oct 2019 17:02:00 +0000"`, with the quotes. */
  date(instant: number): void {
    const { view, at } = this;
    // `| 0` and not Math.floor here and below: whole numbers stay whole numbers, which is much faster.
    const day = (instant / DAY_SECONDS) | 0;
    if (day !== this.day) {
      this.day = day;
      this.head = headOf(day);
    }
    view.setUint8(at, 34);
    view.setFloat64(at + 1, pool[this.head.start] ?? 0, true);
    view.setFloat64(at + 9, pool[this.head.start + 1] ?? 0, true);
    view.setUint8(at + 17, 32);
    const second = instant - day * DAY_SECONDS;
    const minute = (second / 60) | 0;
    const hour = (minute / 60) | 0;
    view.setUint16(at + 18, PAIRS[hour] ?? 0, true);
    view.setUint8(at + 20, 58);
    view.setUint16(at + 21, PAIRS[minute - hour * 60] ?? 0, true);
    view.setUint8(at + 23, 58);
    view.setUint16(at + 24, PAIRS[second - minute * 60] ?? 0, true);
    view.setFloat64(at + 26, ZONE, true);
    this.at = at + 33;
  }

  /** Puts 32 hexadecimal digits, given as four words, over what is at some places, counted from `base`. */
  patchHex(base: number, places: readonly number[], words: Uint32Array): void {
    const { view } = this;
    const first = hexDouble(words[0] ?? 0);
    const second = hexDouble(words[1] ?? 0);
    const third = hexDouble(words[2] ?? 0);
    const fourth = hexDouble(words[3] ?? 0);
    for (let index = 0; index < places.length; index++) {
      const at = base + (places[index] ?? 0);
      view.setFloat64(at, first, true);
      view.setFloat64(at + 8, second, true);
      view.setFloat64(at + 16, third, true);
      view.setFloat64(at + 24, fourth, true);
    }
  }

  /** 32 hexadecimal digits, given as four words. */
  hex(words: Uint32Array): void {
    this.patchHex(this.at, HERE, words);
    this.at += 32;
  }
}

const HERE = [0];
