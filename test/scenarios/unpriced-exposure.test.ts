import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { truthNow } from '../support/expect-truth.js';
import { expectedExposure } from '../support/expected-exposure.js';
import { friendlyNameCustomers } from '../support/expected-ledger.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { type Row, readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';

/** Read soon after the last day, so that much is without a price yet; the second one across the seam of two months. */
const worlds = [
  { seed: 61, accounts: 6, records: 6000, from: '2026-10-05', to: '2026-10-12', now: '2026-10-12T00:10:00Z' },
  { seed: 62, accounts: 14, records: 3000, from: '2026-09-27', to: '2026-10-03', now: '2026-10-03T00:05:00Z' },
];

describe('unpriced_exposure.csv is what a clerk would estimate from the lists', () => {
  it.each(worlds)('seed $seed, with masked numbers and without', async (world) => {
    const simulator = await startSimulatorHere(world);
    try {
      const truth = await truthNow(simulator, world);
      const customerOf = friendlyNameCustomers(truth.truth);
      const found = new Map<string, Promise<Row[]>>();
      const expectedRows = (month: string): Promise<Row[]> => {
        const rows = found.get(month) ?? expectedExposure(simulator, { ...truth, month }, customerOf);
        found.set(month, rows);
        return rows;
      };
      const seen = new Set<string>();
      for (const phoneNumbers of ['mask', 'keep'] as const) {
        const folder = await temporaryFolder();
        const run = await runPipeline(configFor(simulator, folder, world, { phoneNumbers }));
        expect(run.exitCode).toBe(0);
        for (const { month, findings } of run.months) {
          const rows = await readRows(join(outputFolderOf(folder), month, 'unpriced_exposure.csv'));
          expect(rows).toEqual(await expectedRows(month));
          expect(findings.filter(({ severity }) => severity === 'fail')).toEqual([]);
          for (const service of ['calls', 'messages']) {
            const counted = rows.filter((row) => row.service === service).map((row) => Number(row.unpriced_count));
            const known = truth.truth.unpriced.filter((one) => one.service === service && one.day.startsWith(month));
            expect(
              counted.reduce((sum, count) => sum + count, 0),
              `${month} ${service}`,
            ).toBe(known.length);
            expect(known.length).toBeGreaterThan(0);
          }
          for (const row of rows)
            seen
              .add(row.basis || 'none')
              .add(row.kind ?? '')
              .add(`+${row.calling_code}`);
        }
      }
      expect([...seen]).toEqual(
        expect.arrayContaining(['same account', 'all accounts', 'none', 'connected_call', 'message', '+1', '+']),
      );
    } finally {
      await simulator.stop();
    }
  });
});
