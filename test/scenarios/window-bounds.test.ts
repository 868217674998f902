import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { readLanding } from '../support/landing.js';
import { configFor, outputFolderOf, republish, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { startSimulatorHere } from '../support/simulator.js';

const world = { seed: 111, accounts: 9, records: 1500, from: '2026-09-29', to: '2026-10-03' };
const september = { from: '2026-09-29', to: '2026-10-01' };
const october = { from: '2026-10-01', to: '2026-10-03' };
/** Twilio's texts disagree whether `<` lets the bound itself in. */
const midnight = 'Thu, 01 Oct 2026 00:00:00 +0000';

describe('rows exactly on a window’s upper bound', () => {
  it.each([
    ['inclusive', 'september first'],
    ['inclusive', 'october first'],
    ['exclusive', 'september first'],
  ] as const)('belong to the next window and are counted once: %s, %s', async (upperBound, order) => {
    const simulator = await startSimulatorHere({ ...world, upperBound });
    try {
      const folder = await temporaryFolder();
      const windows = order === 'september first' ? [september, october] : [october, september];
      for (const days of windows) expect((await runPipeline(configFor(simulator, folder, days))).exitCode).toBe(0);
      const landed = [
        ...(await readLanding(join(folder, 'data'), 'calls')).filter((row) => row.start_time === midnight),
        ...(await readLanding(join(folder, 'data'), 'messages')).filter((row) => row.date_sent === midnight),
      ];
      const records = new Set(landed.map((row) => row.sid));
      expect(records.size, 'the world has such rows').toBeGreaterThan(5);
      expect(landed).toHaveLength(upperBound === 'inclusive' ? 2 * records.size : records.size);

      const months = await republish(configFor(simulator, folder, world));
      const expected = await truthNow(simulator, world);
      for (const { month } of months) {
        await expectMonthIsTruth(join(outputFolderOf(folder), month), { ...expected, month });
      }
      expect(months.map(({ month }) => month)).toEqual(['2026-09', '2026-10']);
    } finally {
      await simulator.stop();
    }
  });
});
