import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, monthsOf, monthWindow, parseDay, parseMonth, subtractWindows } from '../../src/domain/period.js';

describe('days and months', () => {
  it.each([
    ['2024-02-29', '2024-02-29'],
    ['2023-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-1-1', undefined],
    ['', undefined],
    ['2026-10-01T00:00:00Z', undefined],
  ])('parseDay(%s) is %s', (text, day) => {
    expect(parseDay(text)).toBe(day);
  });

  it('months', () => {
    expect(parseMonth('2026-10')).toBe('2026-10');
    expect(parseMonth('2026-00')).toBeUndefined();
    expect(monthWindow('2026-12')).toEqual({ start: '2026-12-01T00:00:00Z', end: '2027-01-01T00:00:00Z' });
    expect(monthsOf({ start: '2025-12-31T00:00:00Z', end: '2026-02-01T00:00:00Z' })).toEqual(['2025-12', '2026-01']);
    expect(monthsOf({ start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' })).toEqual(['2026-01']);
  });

  it('days are UTC days over summer time and leap days', () => {
    expect(addDays('2024-02-28T00:00:00Z', 2)).toBe('2024-03-01T00:00:00Z');
    expect(addDays('2026-03-07T00:00:00Z', 2)).toBe('2026-03-09T00:00:00Z');
    expect(addDays('2026-01-01T00:00:00Z', -1)).toBe('2025-12-31T00:00:00Z');
  });
});

describe('subtractWindows (a set of days is the oracle; a failure prints its seed)', () => {
  const at = (day: number): string => addDays('2026-01-01T00:00:00Z', day);
  const daysOf = (start: number, end: number): number[] =>
    Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
  const hole = fc.tuple(fc.integer({ min: -5, max: 35 }), fc.integer({ min: 0, max: 12 }));

  it('leaves exactly the days outside the holes, in order and not adjacent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(hole, { maxLength: 8 }), (length, holes) => {
        const left = subtractWindows(
          { start: at(0), end: at(length) },
          holes.map(([start, days]) => ({ start: at(start), end: at(start + days) })),
        );
        const gone = new Set(holes.flatMap(([start, days]) => daysOf(start, start + days)));
        const expected = daysOf(0, length)
          .filter((day) => !gone.has(day))
          .map(at);
        const found: string[] = [];
        for (const window of left)
          for (let day = window.start; day < window.end; day = addDays(day, 1)) found.push(day);
        expect(found).toEqual(expected);
        for (const [index, window] of left.slice(1).entries())
          expect(window.start > (left[index]?.end ?? '')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
