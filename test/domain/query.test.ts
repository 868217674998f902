import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/domain/query-header.js';

const header = (changes: Readonly<Record<string, string | undefined>> = {}): string => {
  const lines = {
    purpose: 'What a thing cost.',
    parameters: '$start DATE inclusive UTC; $end DATE exclusive UTC',
    reads: 'charges, accounts',
    grain: 'month, name',
    order: 'month, name',
    columns:
      '\n--   month  DATE           UTC\n--   name   VARCHAR\n--   cost   DECIMAL(38,8)  in currency;\n--                         null = unpriced',
    ...changes,
  };
  const given = Object.entries(lines).filter(([, value]) => value !== undefined);
  return `${given.map(([key, value]) => `-- ${key}: ${value}`).join('\n')}\nselect 1\n`;
};
const problems = (...given: Parameters<typeof parseQuery>): readonly string[] => {
  const parsed = parseQuery(...given);
  return 'problems' in parsed ? parsed.problems : [];
};

describe('parseQuery', () => {
  it('reads a report', () => {
    const sql = header({ purpose: 'What a thing cost,\n--             and more.', totals: 'cost', needs: 'rates' });
    expect(parseQuery('reports', 'x', sql)).toEqual({
      query: {
        layer: 'reports',
        name: 'x',
        purpose: 'What a thing cost, and more.',
        kind: 'report',
        mergeKey: [],
        parameters: [
          { name: 'start', type: 'DATE', note: 'inclusive UTC' },
          { name: 'end', type: 'DATE', note: 'exclusive UTC' },
        ],
        reads: ['charges', 'accounts'],
        grain: ['month', 'name'],
        order: ['month', 'name'],
        columns: [
          { name: 'month', type: 'DATE', note: 'UTC' },
          { name: 'name', type: 'VARCHAR', note: '' },
          { name: 'cost', type: 'DECIMAL(38,8)', note: 'in currency; null = unpriced' },
        ],
        totals: ['cost'],
        needs: 'rates',
        published: true,
        byDay: false,
        severity: undefined,
        meaning: undefined,
        sql: sql.trimEnd(),
      },
    });
  });

  it('reads a check, a merged table and a list of parameters that is none', () => {
    const check = parseQuery('checks', 'x', header({ severity: 'warn', meaning: 'Look.' }));
    expect(check).toMatchObject({ query: { kind: 'check', severity: 'warn', meaning: 'Look.' } });
    const table = parseQuery(
      'ledger',
      'x',
      header({ kind: 'merge by month, name', parameters: 'none', order: 'none' }),
    );
    expect(table).toMatchObject({ query: { kind: 'merge', mergeKey: ['month', 'name'], parameters: [], order: [] } });
  });

  it('takes a file with Windows line ends', () => {
    expect(parseQuery('reports', 'x', header().replaceAll('\n', '\r\n'))).toMatchObject({
      query: { columns: [{ name: 'month' }, { name: 'name' }, { name: 'cost', note: 'in currency; null = unpriced' }] },
    });
  });

  it.each([
    [{ purpose: undefined }, 'the header has no `-- purpose:`; add it (`none` where there is none)'],
    [{ columns: '' }, 'the header has no `-- columns:`; add it (`none` where there is none)'],
    [{ colums: 'x' }, 'header line `colums:` is not known'],
    [{ columns: '\n--   month DATE\n--   name varchar' }, 'column `name varchar` is not `name TYPE note`'],
    [{ columns: '\n--   month DATE\n--   name VARCHAR\n--   name VARCHAR' }, 'column name stands twice'],
    [{ parameters: '$start' }, 'parameter `start` is not `name TYPE note`'],
    [{ grain: 'month, customer' }, 'customer stands in grain, order, totals or kind but is no column'],
    [{ order: 'month, customer' }, 'customer stands in grain, order, totals or kind but is no column'],
    [{ kind: 'view' }, '`-- kind: view` does not fit the layer reports'],
    [{ totals: 'price' }, 'price stands in grain, order, totals or kind but is no column'],
    [{ totals: 'month' }, 'month stands in totals but is DATE; only DECIMAL, BIGINT and INTEGER add up'],
    [{ severity: 'bad' }, 'severity bad is neither fail nor warn'],
  ])('refuses a report with %j', (changes, problem) => {
    expect(problems('reports', 'x', header(changes)).join('\n')).toContain(problem);
  });

  it.each([
    ['daily', 'daily', true],
    ['daily', 'view', true],
    ['daily', 'query', true],
    ['daily', 'append', false],
    ['daily', 'period', false],
    ['ledger', 'daily', false],
    ['ledger', 'period', false],
    ['reconciliation', 'period', true],
    ['reconciliation', 'daily', false],
  ] as const)('in the layer %s, the kind %s fits: %s', (layer, kind, fits) => {
    expect('query' in parseQuery(layer, 'sums', header({ kind }))).toBe(fits);
  });

  it('refuses a check without severity and meaning, and a name that is not snake_case', () => {
    expect(problems('checks', 'x', header()).join('\n')).toMatch(/-- severity:[\s\S]*-- meaning:/);
    expect(problems('reports', 'two-words', header())).toEqual([
      'the name two-words is not snake_case; rename the file',
    ]);
  });

  it('refuses totals of what is no report', () => {
    expect(problems('checks', 'x', header({ severity: 'warn', meaning: 'Look.', totals: 'cost' }))).toEqual([
      'only a report has `-- totals:`, `-- needs:`, `-- published:` and `-- pieces:`; take them out',
    ]);
  });

  it('takes a report for one that can be made day by day where its header says so, and in no other word', () => {
    expect(parseQuery('reports', 'x', header({ pieces: 'day' }))).toMatchObject({ query: { byDay: true } });
    expect(problems('reports', 'x', header({ pieces: 'month' }))).toEqual([
      '`-- pieces: month` is not `day`; without that line a report is made at once',
    ]);
  });

  it('takes a report out of the published set where its header says so, and in no other word', () => {
    expect(parseQuery('reports', 'x', header({ published: 'no' }))).toMatchObject({ query: { published: false } });
    expect(problems('reports', 'x', header({ published: 'never' }))).toEqual([
      '`-- published: never` is not `no`; without that line a report is published',
    ]);
    expect(problems('checks', 'x', header({ severity: 'warn', meaning: 'Look.', published: 'no' }))).toEqual([
      'only a report has `-- totals:`, `-- needs:`, `-- published:` and `-- pieces:`; take them out',
    ]);
  });

  it('tells all problems of a file without any header', () => {
    expect(problems('reports', 'x', 'select 1')).toHaveLength(6);
  });
});
