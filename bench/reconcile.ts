import { lookBackDaysDefault } from '../src/domain/limits.js';
import { runSide } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ReconcileResult, Round } from './sides/reconcile.js';

const ratioGoal = 3;

/**
 * The reconciliation of a month to a bare `group by account, day, currency` over the same tables: both read every record and every usage
 * record once, and only one of them says why they differ.
 */
export async function reconcile(options: BenchOptions): Promise<Figure[]> {
  const { records = 10_000_000, accounts = 1000, pairs = 5, nights = 30, seed = 1 } = options;
  const result = await runSide<ReconcileResult>('reconcile', {
    records,
    accounts,
    pairs,
    nights,
    seed,
    lookBackDays: lookBackDaysDefault,
  });
  const { rounds, lookBack, keys, usageRows, statuses, peakMb } = result;
  note(`compared: ${keys} keys, ${JSON.stringify(statuses)}; ${Math.round(peakMb)} MB at most, the filling included`);
  noteSteps(rounds);
  const details = { records, accounts, days: 31, usage_rows: usageRows, keys };
  const figure = (of: string, seconds: (round: Round) => number, goal?: number): Figure => {
    const ratios = rounds.map((round) => seconds(round) / round.bare);
    return {
      bench: 'reconcile',
      ratio: median(ratios),
      ...(goal === undefined ? {} : { goal, goal_is: 'at_most' as const }),
      details: { of: `${of}, to a bare group by over the same tables`, ratios: rounded(ratios), ...details },
    };
  };
  const oneWindow = median(lookBack.oneWindow);
  return [
    figure('comparison', (round) => round.compare, ratioGoal),
    figure('sums by day of the whole month, made behind the load', (round) => round.addUp),
    figure(
      'comparison with its reports and checks',
      (round) => round.compare + round.reports + round.checks,
      ratioGoal,
    ),
    {
      bench: 'reconcile',
      ratio: median(lookBack.nights) / oneWindow,
      details: {
        of: `sums of the days of a look-back of ${lookBackDaysDefault} days after ${nights} nights, to those after one window for each list`,
        ratios: rounded(lookBack.nights.map((seconds) => seconds / oneWindow)),
        comparison_to_bare_after_nights: rounded(lookBack.compareToBare),
        ...details,
      },
    },
  ];
}

const rounded = (ratios: readonly number[]): number[] => ratios.map((ratio) => roundTo(ratio, 2));

/** What each query takes, to the bare one: the dearest first. */
function noteSteps(rounds: readonly Round[]): void {
  const names = Object.keys(rounds[0]?.steps ?? {});
  const shares = names.map((name) => ({
    name,
    share: median(rounds.map(({ steps, bare }) => (steps[name] ?? 0) / bare)),
  }));
  const [first] = rounds;
  note(`bare: ${first?.bare.toFixed(2)} s`);
  for (const { name, share } of shares.toSorted((a, b) => b.share - a.share)) {
    if (share >= 0.01) note(`${share.toFixed(2)}  ${name}`);
  }
}
