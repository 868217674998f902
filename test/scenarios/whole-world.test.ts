import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { categoriesOf, expectMonthIsTruth, unpricedRecords } from '../support/expect-truth.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { startSimulatorProcess } from '../support/simulator.js';

interface World {
  readonly seed: number;
  readonly accounts: number;
  readonly records: number;
  readonly from: string;
  readonly to: string;
}

/** Whole months are dear, as each account lists 57 usage categories a day: every fifth world has two, the others their seam. */
const worlds: World[] = Array.from({ length: 20 }, (_, index) => {
  const whole = index % 5 === 0;
  return {
    seed: 1000 + 37 * index,
    accounts: 15 + (index % 6) + (index === 1 ? 12 : 0),
    records: 1500 + 400 * (index % 7),
    from: whole ? '2026-09-01' : `2026-09-${20 + (index % 9)}`,
    to: whole ? '2026-11-01' : `2026-10-0${2 + (index % 7)}`,
  };
});

describe('every figure of every published CSV is the simulator’s truth', () => {
  it.each(worlds)('seed $seed: $accounts subaccounts, $records records, $from to $to', async (world) => {
    const simulator = await startSimulatorProcess(world);
    try {
      const folder = await temporaryFolder();
      const config = configFor(simulator, folder, world);
      const run = await runPipeline(config);
      expect(run.exitCode).toBe(0);
      const truth = await simulator.truth();
      const unpriced = await unpricedRecords(simulator, truth);
      const categoriesCount = await categoriesOf(simulator, world.from);
      expect(run.months.map(({ month }) => month)).toEqual(['2026-09', '2026-10']);
      for (const { month } of run.months) {
        const monthFolder = join(outputFolderOf(folder), month);
        await expectMonthIsTruth(monthFolder, { truth, month, ...world, unpriced, categoriesCount });
      }
    } finally {
      await simulator.stop();
    }
  });
});
