import { describe, expect, it } from 'vitest';
import { markdownPieces, markdownText } from '../../src/domain/markdown-table.js';
import type { Texts } from '../../src/domain/report-shape.js';

const report = {
  name: 'customer_cost',
  purpose: 'What each customer cost.',
  columns: [
    ['month', 'DATE'],
    ['customer_name', 'VARCHAR'],
    ['currency', 'VARCHAR'],
    ['calls', 'BIGINT'],
    ['cost', 'DECIMAL(38,8)'],
    ['other_cost', 'DECIMAL(38,8)'],
  ].map(([name = '', type = '']) => ({ name, type, note: '' })),
  totals: ['cost', 'other_cost', 'calls'],
};

async function text(of: typeof report, rows: readonly Texts[][], totals: readonly Texts[]): Promise<string> {
  let whole = '';
  const chunks = async function* () {
    yield* rows;
  };
  for await (const piece of markdownPieces(of, chunks(), totals)) whole += piece;
  return whole;
}

describe('a report as Markdown', () => {
  it('is one table: numbers to the right, exact texts, totals by currency', async () => {
    const rows = [
      [
        ['2026-10-01', 'A|B', 'EUR', '2', '0.10000000', null],
        ['2026-10-01', 'Acme', 'USD', '10', '-0.00750000', '1.00000000'],
      ],
    ];
    const totals = [
      ['EUR', '0.10000000', null, '2'],
      ['USD', '-0.00750000', '1.00000000', '10'],
    ];
    expect(await text(report, rows, totals)).toBe(
      `# customer\\_cost

What each customer cost.

| month | customer\\_name | currency | calls | cost | other\\_cost |
| --- | --- | --- | ---: | ---: | ---: |
| 2026-10-01 | A&#124;B | EUR | 2 | 0.10000000 |  |
| 2026-10-01 | Acme | USD | 10 | -0.00750000 | 1.00000000 |
| **Total** |  | **EUR** | **2** | **0.10000000** |  |
| **Total** |  | **USD** | **10** | **-0.00750000** | **1.00000000** |
`,
    );
  });

  it('has no totals where the report adds nothing up, nor where there is no row', async () => {
    expect(await text({ ...report, totals: [] }, [], [['EUR']])).not.toContain('Total');
    expect(await text(report, [[]], [])).toMatch(/---: \|\n$/);
  });

  it('escapes what would be markup, each character once', () => {
    expect(markdownText('\\|')).toBe('&#92;&#124;');
    expect(markdownText('\\*')).toBe('&#92;\\*');
    expect(markdownText('a\r\nb\u202e')).toBe('a&#13;&#10;b&#8238;');
    expect(markdownText('  a b ')).toBe('&#32; a b&#32;');
    expect(markdownText('<b>&amp;')).toBe('&#60;b&#62;&#38;amp;');
    expect(markdownText('http://x.example www.x.example a@x.example')).toBe(
      'http&#58;//x.example www&#46;x.example a&#64;x.example',
    );
    expect(markdownText('\u00a0a: b.c\u3000')).toBe('&#160;a: b.c&#12288;');
    expect(markdownText('👩\u200d👧 café')).toBe('👩\u200d👧 café');
  });
});
