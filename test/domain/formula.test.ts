import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeFormula, unescapeFormula } from '../../src/domain/formula.js';

const running = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '+1',
  '-1',
  '@SUM(A1)',
  ' =1',
  '\u00a0=1',
  '\ufeff=1',
  '\u200b=1',
  '\u0000=1',
  '\n=1',
  '\tx',
  '\rx',
  '\nx',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  "'=1",
  "''=1",
  "'\tx",
];
const harmless = ['', 'Acme', "'Acme'", "'", 'a=1', '1-1', 'O’Brien', ' Acme', "' quoted", '<script>', '−1'];

describe('formula escape', () => {
  it.each(running)('escapes %j with one apostrophe', (text) => {
    expect(escapeFormula(text)).toBe(`'${text}`);
    expect(unescapeFormula(escapeFormula(text))).toBe(text);
  });

  it.each(harmless)('leaves %j as it is', (text) => {
    expect(escapeFormula(text)).toBe(text);
    expect(unescapeFormula(text)).toBe(text);
  });

  it('can be undone, whatever the text', () => {
    const nasty = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...`'=+-@\t\r\n ＝－"a`),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        expect(unescapeFormula(escapeFormula(text))).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });
});
