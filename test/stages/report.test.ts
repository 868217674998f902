import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/domain/query.js';
import { parseQuery } from '../../src/domain/query-header.js';
import { materialise, type ReportPorts, writeReports } from '../../src/stages/report.js';

const report = (name: string, more = ''): Query => {
  const parsed = parseQuery(
    'reports',
    name,
    `-- purpose: Something.\n-- parameters: none\n-- reads: none\n-- grain: customer_id\n-- order: customer_id\n${more}-- columns:\n--   customer_id VARCHAR\n--   customer_name VARCHAR\nselect 1, 2`,
  );
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  return parsed.query;
};

const queries = new Map(
  [report('customer_statement'), report('huge', '-- published: no\n'), report('small')].map((one) => [one.name, one]),
);

/** What was run and read, by report, and the files that were written. */
function house() {
  const run: string[] = [];
  const written: string[] = [];
  const ports: ReportPorts = {
    queries,
    sql: {
      run: async (name) => {
        run.push(name);
      },
      chunks: async function* (name) {
        if (name === 'huge') throw new Error('there is no table of it');
        yield [['Acme', 'Acme']];
      },
    },
    writeCsv: async (file, _, rows) => {
      for await (const _chunk of rows) written.push(file);
      return { file, rows: 1, bytes: 1, sha256: '' };
    },
  };
  return { ports, run, written };
}

describe('a report that is not published', () => {
  it('is neither made nor written with the set of a month', async () => {
    const { ports, run, written } = house();
    await materialise(ports, { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' }, { pieceDays: 31 });
    expect(run).toEqual(['customer_statement', 'small']);
    const files = await writeReports(ports, []);
    expect(files.map(({ file }) => file)).toEqual([
      'small.csv',
      expect.stringMatching(/^customers\/acme/),
      'customers/index.csv',
      'findings.csv',
    ]);
    expect(written).toEqual(files.map(({ file }) => file));
  });
});
