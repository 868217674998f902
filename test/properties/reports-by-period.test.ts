import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQueries } from '../../src/adapters/query-files.js';
import type { Config } from '../../src/config.js';
import type { Window } from '../../src/domain/period.js';
import { type Query, reportsOf } from '../../src/domain/query.js';
import { askHere, type ReportRow } from '../support/ask-here.js';
import { configFor, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { unitsOf } from '../support/units.js';

const world = { seed: 461, accounts: 5, records: 1500, from: '2026-09-24', to: '2026-10-04' };

const queries = await loadQueries();
const folder = suiteFolder();
let simulator: SimulatorHandle;
let config: Config;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  config = configFor(simulator, folder, world);
  await runPipeline(config);
});
afterAll(() => simulator.stop());

/** Columns whose sums over days are others than that of the range, and why. */
const notAdditive: Readonly<Record<string, readonly string[]>> = {
  // A day stands beside whole months before.
  cost_trend: ['itemised_previous', 'itemised_change', 'total_previous', 'total_change'],
  // A number counts on each of its days; the hundred dearest of a day are others than those of the month.
  number_cost: ['number_count'],
  // An estimate is told from the priced ones like it, of the days asked for.
  unpriced_exposure: ['estimated_cost'],
};
const reports = reportsOf(queries).filter(({ totals }) => totals.length > 0);

const ask = async (query: Query, range: Window, groupBy?: 'day' | 'month'): Promise<readonly ReportRow[]> =>
  (await askHere({ ...config, range }, queries, [query], {}, groupBy))[0] ?? [];

/** Sums by the columns that are neither added up nor say when; null where one is not known. */
function sums(query: Query, rows: readonly ReportRow[], keys: readonly string[]): Map<string, (bigint | null)[]> {
  const all = new Map<string, (bigint | null)[]>();
  for (const row of rows) {
    const key = keys.map((name) => row[name]).join('\t');
    const columns = query.totals.filter((column) => notAdditive[query.name]?.includes(column) !== true);
    const before = all.get(key) ?? columns.map(() => 0n);
    all.set(
      key,
      columns.map((name, index) => {
        const [sum = null, text = null] = [before[index], row[name]];
        return sum === null || text === null ? null : sum + (text.includes('.') ? unitsOf(text) : BigInt(text));
      }),
    );
  }
  return all;
}

/** Columns of the grain that are the same on every day; of number_cost only the currency, the others are ranked anew. */
const keysOf = ({ grain, totals }: Query): string[] =>
  grain.filter((name) => !['month', 'day', 'age', 'rank', 'status', 'basis'].includes(name) && !totals.includes(name));

const range: Window = { start: '2026-09-25T00:00:00Z', end: '2026-10-03T00:00:00Z' };

describe.each(reports.map((query) => [query.name, query] as const))('%s', (_name, query) => {
  it('by day adds up to the whole range, in every column that adds up', async () => {
    const days = await ask(query, range, 'day');
    const byDay = sums(query, days, keysOf(query));
    const whole = sums(query, await ask(query, range), keysOf(query));
    // What is not known of one day is not known of its month, and the other way round: the rest must agree.
    const known = (sum: (bigint | null)[] | undefined): boolean => sum?.every((units) => units !== null) === true;
    for (const [key, sum] of whole) if (known(sum)) expect({ key, sum: byDay.get(key) }).toEqual({ key, sum });
    expect([...byDay.keys()].sort()).toEqual([...whole.keys()].sort());
    const told = new Set(days.map(({ day }) => day));
    expect(
      days.every(({ day }) => day !== null && `${day}T` >= range.start.slice(0, 11) && `${day}T` < range.end),
    ).toBe(true);
    if (whole.size > 3) expect(told.size).toBeGreaterThan(2);
  });

  it('by day is the report of that day alone', async () => {
    const days = await ask(query, { start: '2026-09-30T00:00:00Z', end: '2026-10-02T00:00:00Z' }, 'day');
    const alone: ReportRow[] = [];
    for (const [day, next] of [
      ['2026-09-30', '2026-10-01'],
      ['2026-10-01', '2026-10-02'],
    ]) {
      const rows = await ask(query, { start: `${day}T00:00:00Z`, end: `${next}T00:00:00Z` });
      alone.push(...rows.map((row) => ({ day: day ?? null, ...row })));
    }
    const texts = (rows: readonly ReportRow[]): string[] =>
      rows.map((row) => JSON.stringify(row, query.columns.map((c) => c.name).concat('day'))).sort();
    expect(texts(days)).toEqual(texts(alone));
  });

  it('by month is the report of each month, of its part in the range where it is cut', async () => {
    const months = await ask(query, range, 'month');
    const alone: ReportRow[] = [];
    for (const [start, end] of [
      ['2026-09-25', '2026-10-01'],
      ['2026-10-01', '2026-10-03'],
    ]) {
      const rows = await ask(query, { start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` });
      const hasMonth = query.columns.some((column) => column.name === 'month');
      alone.push(...rows.map((row) => (hasMonth ? row : { month: `${start?.slice(0, 7)}-01`, ...row })));
    }
    const names = [...new Set(['month', ...query.columns.map((column) => column.name)])];
    const texts = (rows: readonly ReportRow[]): string[] => rows.map((row) => JSON.stringify(row, names)).sort();
    expect(texts(months)).toEqual(texts(alone));
  });

  it('has its period first, and is ordered by it', async () => {
    const rows = await ask(query, range, 'day');
    const columns = Object.keys(rows[0] ?? { day: '' });
    const own = query.columns.map((column) => column.name);
    if (rows.length > 0) expect(columns).toEqual(own.includes('day') ? own : ['day', ...own]);
    const days = rows.map(({ day }) => day ?? '');
    if (!own.includes('day')) expect(days).toEqual([...days].sort());
  });
});

describe('reports that are compared with usage', () => {
  it('are compared day by day', async () => {
    const query = queries.get('reconciliation_summary') as Query;
    const rows = await ask(query, range, 'day');
    expect(new Set(rows.map(({ day }) => day)).size).toBe(8);
    const cost = (all: readonly ReportRow[]): bigint =>
      all
        .filter(({ level, currency }) => level === 'all' && currency === 'USD')
        .reduce((sum, row) => sum + unitsOf(row.itemised_cost ?? ''), 0n);
    expect(cost(rows)).toBe(cost(await ask(query, range)));
    expect(cost(rows)).toBeGreaterThan(0n);
  });
});
