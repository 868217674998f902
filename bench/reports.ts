import { runSide } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ReportRound, ReportsResult } from './sides/reports.js';

const headlineGoal = 2;
const exportGoal = 1.5;

/** The headline report to a bare `group by` over the records, and the export of every record to a bare COPY of them. */
export async function reports(options: BenchOptions): Promise<Figure[]> {
  const { records = 10_000_000, accounts = 1000, pairs = 5, seed = 1 } = options;
  const { rounds, exportedMb, peakMb } = await runSide<ReportsResult>('reports', { records, accounts, pairs, seed });
  note(`line_items.csv ${exportedMb} MB; ${Math.round(peakMb)} MB at most, the filling included`);
  const figure = (of: string, ratioOf: (round: ReportRound) => number, goal?: number): Figure => {
    const ratios = rounds.map(ratioOf);
    return {
      bench: 'reports',
      ratio: median(ratios),
      ...(goal === undefined ? {} : { goal, goal_is: 'at_most' as const }),
      details: { of, ratios: ratios.map((ratio) => roundTo(ratio, 2)), records, accounts },
    };
  };
  return [
    figure(
      'customer_cost and its CSV, to a bare group by',
      (round) => round.headlineAlone / round.bareGroupBy,
      headlineGoal,
    ),
    figure(
      'customer_cost with the comparison behind its last column, to a bare group by',
      (round) => round.headline / round.bareGroupBy,
    ),
    figure(
      'line_items as CSV, to a bare COPY in the same order',
      (round) => round.lineItems / round.sortedCopy,
      exportGoal,
    ),
    figure('line_items as CSV, to a bare COPY in no order', (round) => round.lineItems / round.bareCopy),
  ];
}
