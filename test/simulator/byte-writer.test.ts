import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, piece } from '../../src/simulator/byte-writer.js';
import { plainText } from '../../src/simulator/money.js';
import { rfc2822 } from '../../src/simulator/time.js';

function written(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter(4096);
  write(writer);
  return writer.written().toString('latin1');
}

/** The fast way of writing against the plain one. */
describe('what is written byte by byte is what plain code would have written', () => {
  it('texts, one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 40 }), { maxLength: 20 }), (texts) => {
        const found = written((writer) => {
          for (const text of texts) writer.piece(piece(text));
        });
        expect(found).toBe(texts.join(''));
      }),
    );
  });

  it('dates', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_147_483_647 }), { maxLength: 5 }), (instants) => {
        const found = written((writer) => {
          for (const instant of instants) writer.date(instant);
        });
        expect(found).toBe(instants.map((instant) => `"${rfc2822(instant)}"`).join(''));
        for (const instant of instants) {
          expect(rfc2822(instant)).toBe(new Date(instant * 1000).toUTCString().replace('GMT', '+0000'));
        }
      }),
    );
  });

  it('decimals, with no decimal lost and no zero too many', () => {
    const units = fc.oneof(
      fc.integer({ min: -1e15, max: 1e15 }),
      fc.integer({ min: -100_000, max: 100_000 }).map((value) => value * 10_000),
    );
    fc.assert(
      fc.property(units, fc.constantFrom(0, 4, 5, 8), (value, decimals) => {
        expect(written((writer) => writer.decimal(value, decimals))).toBe(`"${plainText(BigInt(value), decimals)}"`);
      }),
    );
    expect(written((writer) => writer.decimal(-0, 0))).toBe('"0"');
  });

  it('whole numbers and hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (value) => {
        expect(written((writer) => writer.number(value))).toBe(String(value));
      }),
    );
    fc.assert(
      fc.property(fc.uint32Array({ minLength: 4, maxLength: 4 }), (words) => {
        const text = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
        expect(written((writer) => writer.hex(words))).toBe(text);
      }),
    );
  });
});
