import { runSide, type SideResult } from './child.js';
import { type Figure, median, note, roundTo } from './figure.js';
import type { BenchOptions } from './options.js';
import type { ProductResult } from './sides/product.js';
import { type Target, type Truth, truthOfCalls, withSimulator } from './simulator.js';

const rateGoal = 5;
const memoryGoal = 0.25;

interface Pair {
  readonly product: ProductResult;
  readonly loop: SideResult;
}

/** One account has all calls, as where one customer is most of the traffic; or they are spread unevenly over all accounts. */
const worlds = { one_account: 'plain,calls-only,one-account', spread: 'plain,calls-only' };

/**
 * The product's pull, land and load of calls against the loop that Twilio's Subaccounts page suggests. One week, so that the
 * usage records, which the product pulls as well and gets no credit for, weigh little.
 */
export async function pullAgainstSdkLoop(options: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [world, profile] of Object.entries(worlds)) {
    note(`world: ${world}`);
    figures.push(...(await runWorld(options, world, profile)));
  }
  return figures;
}

function runWorld(options: BenchOptions, world: string, profile: string): Promise<Figure[]> {
  const { records = 1_000_000, accounts = 20, pairs: count = 3, pageSize = 0, seed = 1 } = options;
  const simulated = { records, accounts, seed, from: '2026-09-07', to: '2026-09-14', profile };
  return withSimulator(simulated, async (target) => {
    const truth = await truthOfCalls(target);
    const pairs: Pair[] = [];
    for (let round = 1; round <= count; round += 1) pairs.push(await runPair(target, truth, options, pageSize, round));
    return figuresOf(pairs, {
      world,
      records,
      accounts,
      page_size: pageSize,
      largest_account: truth.largestAccountRows,
    });
  });
}

async function runPair(
  target: Target,
  truth: Truth,
  { concurrency, accountConcurrency }: BenchOptions,
  pageSize: number,
  round: number,
): Promise<Pair> {
  const flags = {
    ...(concurrency === undefined ? {} : { concurrency: String(concurrency) }),
    ...(accountConcurrency === undefined ? {} : { accountConcurrency: String(accountConcurrency) }),
  };
  const product = await runSide<ProductResult>('product', { target, flags });
  const loop = await runSide<SideResult>('sdk-loop', { target, pageSize });
  note(
    `pair ${round}, product: ${describe(product)}; pull ${product.pullSeconds.toFixed(1)} s, load ${product.loadSeconds.toFixed(1)} s`,
  );
  note(`pair ${round}, SDK loop: ${describe(loop)}`);
  requireEqual('the product', product, truth);
  requireEqual('the SDK loop', loop, truth);
  return { product, loop };
}

const describe = ({ rows, seconds, cpuSeconds, peakMb }: SideResult): string =>
  `${rows} calls, ${Math.round(rows / seconds)} a second, ${cpuSeconds.toFixed(1)} s of CPU, ${Math.round(peakMb)} MB at most`;

/** A ratio is believed only where both did all of the work, to the last decimal. */
function requireEqual(who: string, found: SideResult, truth: Truth): void {
  if (found.rows === truth.rows && found.cost === truth.cost) return;
  throw new Error(`${who} has ${found.rows} calls of ${found.cost}, the simulator ${truth.rows} of ${truth.cost}`);
}

function figuresOf(pairs: readonly Pair[], details: Figure['details']): Figure[] {
  const rates = pairs.map(({ product, loop }) => loop.seconds / product.seconds);
  const peaks = pairs.map(({ product, loop }) => product.peakMb / loop.peakMb);
  const rounded = (values: readonly number[]): number[] => values.map((value) => roundTo(value, 3));
  return [
    {
      bench: 'pull-against-sdk-loop',
      ratio: median(rates),
      goal: rateGoal,
      goal_is: 'at_least',
      details: {
        of: 'rows per second, product to SDK loop',
        ratios: rounded(rates),
        product_cpu_us_per_row: cpuPerRow(pairs.map(({ product }) => product)),
        loop_cpu_us_per_row: cpuPerRow(pairs.map(({ loop }) => loop)),
        ...details,
      },
    },
    {
      bench: 'pull-against-sdk-loop',
      ratio: median(peaks),
      goal: memoryGoal,
      goal_is: 'at_most',
      details: {
        of: 'peak resident memory, product to SDK loop',
        ratios: rounded(peaks),
        product_mb: Math.round(median(pairs.map(({ product }) => product.peakMb))),
        loop_mb: Math.round(median(pairs.map(({ loop }) => loop.peakMb))),
        ...details,
      },
    },
  ];
}

/** Start of the process included. */
const cpuPerRow = (sides: readonly SideResult[]): number =>
  roundTo(median(sides.map(({ cpuSeconds, rows }) => (cpuSeconds / rows) * 1e6)), 1);
