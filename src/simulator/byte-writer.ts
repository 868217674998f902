import { DAY_SECONDS, dayText, monthName, weekdayName } from './time.js';

const HEX_PAIRS = new Uint16Array(256);
const CLOCKS = new Float64Array(DAY_SECONDS);
const dayHeads = new Map<number, Float64Array>();

/** Eight ASCII characters as the double that has the same bytes: one store instead of eight. None of them is a NaN. */
const eight = new Float64Array(1);
const eightBytes = new Uint8Array(eight.buffer);
const eightPairs = new Uint16Array(eight.buffer);

function asDouble(text: string): number {
  for (let at = 0; at < 8; at++) eightBytes[at] = text.charCodeAt(at);
  return eight[0] ?? 0;
}

for (let value = 0; value < 256; value++) {
  const text = value.toString(16).padStart(2, '0');
  eightBytes[0] = text.charCodeAt(0);
  eightBytes[1] = text.charCodeAt(1);
  HEX_PAIRS[value] = eightPairs[0] ?? 0;
}

/** `17:02:00` of a second of the day, made when first needed. */
function clockOf(second: number): number {
  const known = CLOCKS[second] ?? 0;
  if (known !== 0) return known;
  const two = (value: number): string => String(value).padStart(2, '0');
  const text = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  const made = asDouble(text);
  CLOCKS[second] = made;
  return made;
}

/** The sixteen characters `Fri, 18 Oct 2019` as two doubles. */
function headOf(day: number): Float64Array {
  let head = dayHeads.get(day);
  if (head === undefined) {
    const text = `${weekdayName(day)}, ${dayText(day).slice(8)} ${monthName(day)} ${dayText(day).slice(0, 4)}`;
    head = Float64Array.of(asDouble(text.slice(0, 8)), asDouble(text.slice(8)));
    dayHeads.set(day, head);
  }
  return head;
}

/** The eight hexadecimal digits of a word as a double: see above. */
export function hexDouble(word: number): number {
  eightPairs[0] = HEX_PAIRS[word >>> 24] ?? 0;
  eightPairs[1] = HEX_PAIRS[(word >>> 16) & 255] ?? 0;
  eightPairs[2] = HEX_PAIRS[(word >>> 8) & 255] ?? 0;
  eightPairs[3] = HEX_PAIRS[word & 255] ?? 0;
  return eight[0] ?? 0;
}

/**
 * Writes ASCII text into a buffer. The simulator must not be the bottleneck of a bench, and most of what it does is to
 * write rows: joining strings and encoding them took twice as long as this.
 */
export class ByteWriter {
  readonly buffer: Buffer;
  private readonly view: DataView;
  private lastDay = -1;
  private lastHead = headOf(0);
  at = 0;

  constructor(bytesMax: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytesMax);
    this.view = new DataView(this.buffer.buffer);
  }

  /** Short text, ASCII only. */
  text(text: string): void {
    const { buffer } = this;
    const { length } = text;
    let { at } = this;
    for (let index = 0; index < length; index++) buffer[at++] = text.charCodeAt(index);
    this.at = at;
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** `Fri, 18 Oct 2019 17:02:00 +0000` in quotes. */
  date(instant: number): void {
    const { view, buffer, at } = this;
    const day = Math.floor(instant / DAY_SECONDS);
    if (day !== this.lastDay) {
      this.lastDay = day;
      this.lastHead = headOf(day);
    }
    const head = this.lastHead;
    buffer[at] = 34;
    view.setFloat64(at + 1, head[0] ?? 0, true);
    view.setFloat64(at + 9, head[1] ?? 0, true);
    buffer[at + 17] = 32;
    view.setFloat64(at + 18, clockOf(instant - day * DAY_SECONDS), true);
    this.at = at + 26;
    this.text(' +0000"');
  }

  /** Puts 32 hexadecimal digits, given as four words, over what is at some places, counted from `base`. */
  patchHex(base: number, places: readonly number[], words: Uint32Array): void {
    const { view } = this;
    const first = hexDouble(words[0] ?? 0);
    const second = hexDouble(words[1] ?? 0);
    const third = hexDouble(words[2] ?? 0);
    const fourth = hexDouble(words[3] ?? 0);
    for (const place of places) {
      const at = base + place;
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
