import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barChart, shareBar } from '../../../src/domain/month-page/bars.js';
import { lineChart } from '../../../src/domain/month-page/lines.js';
import { scaleOf } from '../../../src/domain/month-page/scale.js';
import { coverages, heatStrip } from '../../../src/domain/month-page/strip.js';

const text = { id: 'c', title: 'A chart', description: 'What it shows.' };
const unit = 100_000_000n;

/** Any amount that DECIMAL(38,8) may be asked for, small ones and large ones. */
const amount = fc.oneof(
  fc.bigInt({ min: -10n * unit, max: 10n * unit }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fc.constant(0n),
);

const attribute = (tag: string, name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
const tagsOf = (svg: string, pattern: RegExp): string[] => [...svg.matchAll(pattern)].map(([tag]) => tag);
/** Hundredths of a per cent. */
const placeOf = (percent: string): bigint => BigInt(percent.replace(/[.%]/g, ''));
/** The amount that a tick names, read as a person would. */
const readTick = (label: string): bigint => {
  const [, sign, figure = '', name = ''] = /^(−?)([\d.\u202F]+?)(?:\u202F(M|bn|tn))?$/.exec(label) ?? [];
  const [whole = '', fraction = ''] = figure.replaceAll('\u202F', '').split('.');
  const size = { '': 1n, M: 10n ** 6n, bn: 10n ** 9n, tn: 10n ** 12n }[name] ?? 0n;
  const digits = BigInt(whole + fraction.padEnd(8, '0')) * size;
  return sign === '−' ? -digits : digits;
};

/** What the axis says: two ticks, where they stand and what they name. The rest is measured against these, with a ruler. */
function rulerOf(svg: string): (place: bigint) => { readonly least: bigint; readonly most: bigint } {
  const ticks = tagsOf(svg, /<text class="tick"[^>]*>[^<]*/g).map((tag) => ({
    place: placeOf(attribute(tag, 'x')),
    value: readTick(tag.slice(tag.indexOf('>') + 1)),
  }));
  const [first, last] = [ticks[0], ticks.at(-1)];
  if (first === undefined || last === undefined) throw new Error('an axis has two ticks');
  const [length, span] = [last.place - first.place, last.value - first.value];
  // A place is right to half of its last digit: between these two lies the amount, with one more for what division cuts off.
  const at = (twice: bigint): bigint => first.value + (span * (twice - 2n * first.place)) / (2n * length);
  return (place) => ({ least: at(2n * place - 1n) - 1n, most: at(2n * place + 1n) + 1n });
}

describe('an axis', () => {
  it('holds zero and every amount, in at most four steps between them of 1, 2 or 5 times a power of ten', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 20 }), (amounts) => {
        const { low, high, ticks } = scaleOf(amounts);
        for (const each of [0n, ...amounts]) expect(each >= low && each <= high).toBe(true);
        const step = (ticks[1] ?? 0n) - (ticks[0] ?? 0n);
        expect(String(step)).toMatch(/^[125]0*$/);
        expect(ticks).toContain(0n);
        expect([ticks[0], ticks.at(-1)]).toEqual([low, high]);
        for (const [index, tick] of ticks.slice(1).entries()) expect(tick - (ticks[index] ?? 0n)).toBe(step);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('puts its ends at the ends', () => {
    const scale = scaleOf([-3n, 17n]);
    expect([scale.low, scale.high, scale.place(scale.low), scale.place(0n), scale.place(scale.high)]).toEqual([
      -5n,
      20n,
      0,
      2000,
      10_000,
    ]);
  });
});

describe('bars', () => {
  const bar = (value: bigint) => ({ name: 'n', value, text: 't', kind: 'whole' });

  it('reach from zero to their amount, measured against the axis', () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 21 }), (amounts) => {
        const svg = barChart(text, amounts.map(bar)).text;
        const measure = rulerOf(svg);
        const bars = tagsOf(svg, /<rect class="bar[^>]*>/g);
        expect(bars).toHaveLength(amounts.length);
        bars.forEach((tag, index) => {
          const [from, width] = [placeOf(attribute(tag, 'x')), placeOf(attribute(tag, 'width'))];
          const value = amounts[index] ?? 0n;
          const [zero, end] = value < 0n ? [from + width, from] : [from, from + width];
          const [atZero, atEnd] = [measure(zero), measure(end)];
          expect(atZero.least <= 0n && atZero.most >= 0n).toBe(true);
          expect(atEnd.least <= value && atEnd.most >= value).toBe(true);
        });
      }),
    );
  });

  it('lie below each other without touching, within the chart', () => {
    const svg = barChart(text, [1n, 2n, 3n].map(bar)).text;
    const rows = tagsOf(svg, /<rect class="bar[^>]*>/g).map((tag) => [
      Number(attribute(tag, 'y')),
      Number(attribute(tag, 'height')),
    ]);
    const height = Number(attribute(svg, 'height'));
    for (const [index, [y = 0, high = 0]] of rows.entries())
      expect(y + high).toBeLessThan(rows[index + 1]?.[0] ?? height);
  });

  it('name what they are to those who do not see them, and escape names', () => {
    const svg = barChart(text, [{ ...bar(unit), name: '<b>' }]).text;
    expect(svg).toContain('role="img"');
    expect(svg).toContain('aria-labelledby="c-title"');
    expect(svg).toContain('<title id="c-title">A chart</title>');
    expect(svg).toContain('<desc id="c-desc">What it shows.</desc>');
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).not.toMatch(/ style=|<script/);
  });
});

describe('a bar of shares', () => {
  it('is full, and each part has its share to a hundredth of a per cent', () => {
    const values = [1n, 1n, 1n, 0n, 4n];
    const svg = shareBar(
      text,
      values.map((value) => ({ value, kind: 'calls' })),
    ).text;
    const parts = tagsOf(svg, /<rect[^>]*>/g).map((tag) => [attribute(tag, 'x'), attribute(tag, 'width')]);
    // Edges at 1/7, 2/7, 3/7, 3/7 and 7/7.
    expect(parts).toEqual([
      ['0.00%', '14.29%'],
      ['14.29%', '14.28%'],
      ['28.57%', '14.29%'],
      ['42.86%', '0.00%'],
      ['42.86%', '57.14%'],
    ]);
    expect(shareBar(text, [{ value: 0n, kind: 'calls' }]).text).toBe('');
  });
});

describe('lines', () => {
  const days = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04'];
  const draw = (values: readonly (bigint | undefined)[], marked = [false, false, false, false]) =>
    lineChart(text, days, [{ name: 'Calls', kind: 'calls', values }], marked).text;
  const pathOf = (svg: string): string => /<path class="line calls" d="(M[^"]*)"\/><\/svg>\n/.exec(svg)?.[1] ?? '';

  it('go through the middle of each day at its amount', () => {
    // Of an axis from 0 to 4: the top is 0, the bottom 10000. A day is a quarter, its middle an eighth from its edge.
    expect(pathOf(draw([0n, unit, 4n * unit, 2n * unit]))).toBe('M1250 10000L3750 7500L6250 0L8750 5000');
  });

  it('are broken where nothing is known, and a day alone is a dot', () => {
    expect(pathOf(draw([4n * unit, undefined, 2n * unit, 0n]))).toBe('M1250 0L1250 0M6250 5000L8750 10000');
    expect(pathOf(draw([undefined, undefined, undefined, 4n * unit]))).toBe('M8750 0L8750 0');
  });

  it('have a frame below each run of days that are not known whole', () => {
    const marks = tagsOf(draw([0n, 0n, 0n, 0n], [true, true, false, true]), /<rect class="mark" x="[\d.]+%"[^>]*>/g);
    expect(marks.map((tag) => [attribute(tag, 'x'), attribute(tag, 'width')])).toEqual([
      ['0.00%', '50.00%'],
      ['75.00%', '25.00%'],
    ]);
  });
});

describe('the heat strip', () => {
  const days = ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04'];

  it('gives each run its days, and each status another shape', () => {
    const rows = coverages.map((status) => ({
      name: status,
      runs: [{ status, firstDay: '2026-10-02', lastDay: '2026-10-03' }],
    }));
    const svg = heatStrip(text, days, rows).text;
    const cells = tagsOf(svg, /<rect class="cell[^>]*>(?:<rect fill[^>]*>)?/g);
    expect(cells.map((tag) => [attribute(tag, 'x'), attribute(tag, 'width')])).toEqual(
      coverages.map(() => ['25.00%', '50.00%']),
    );
    const shapes = cells.map((tag, index) => {
      const down = Number(attribute(tag, 'y')) - index * 22;
      // The style gives `missing` a broken edge and no filling.
      return [down, attribute(tag, 'height'), /url\(#[^)]*/.exec(tag)?.[0], tag.includes('missing')].join();
    });
    expect(new Set(shapes).size).toBe(coverages.length);
  });
});
