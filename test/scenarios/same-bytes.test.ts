import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentFor, runCli } from '../support/cli.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { startSimulatorProcess } from '../support/simulator.js';

const world = { seed: 151, accounts: 7, records: 3000, from: '2026-09-28', to: '2026-10-04' };

/** Zones on both sides of UTC, one with half an hour, one beyond the date line, with daylight saving and without. */
const variants = [
  ['UTC', '1'],
  ['America/New_York', '50'],
  ['Asia/Kolkata', '20'],
  ['Pacific/Apia', '7'],
] as const;

describe(`the same bytes, seed ${world.seed}`, () => {
  it('at any concurrency and under any time zone, in processes of their own', async () => {
    const simulator = await startSimulatorProcess(world);
    try {
      const folder = await temporaryFolder();
      const published: Record<string, string>[] = [];
      for (const [zone, concurrency] of variants) {
        const [data, output] = [join(folder, zone, 'data'), join(folder, zone, 'output')];
        const range = ['--from', world.from, '--to', world.to, '--data-dir', data, '--output-dir', output];
        const flags = ['--concurrency', concurrency, '--account-concurrency', concurrency];
        const env = { ...environmentFor(simulator), TZ: zone };
        // The nightly job, or its two halves one after the other.
        const commands = zone === 'Asia/Kolkata' ? ['extract', 'report'] : ['run'];
        for (const command of commands) {
          const given = command === 'report' ? range : [...range, ...flags];
          const { code, stderr } = await runCli([command, ...given, '--quiet'], { env });
          expect({ zone, command, code, stderr }).toEqual({ zone, command, code: 0, stderr: '' });
        }
        published.push(await hashesOf(output));
      }
      const [first, ...others] = published;
      for (const [index, other] of others.entries()) expect(other, variants[index + 1]?.[0]).toEqual(first);
      expect(Object.keys(first ?? {}).length).toBeGreaterThan(20);
      const expected = await truthNow(simulator, world);
      for (const month of ['2026-09', '2026-10']) {
        await expectMonthIsTruth(join(folder, 'Pacific/Apia', 'output', month), { ...expected, month });
      }
    } finally {
      await simulator.stop();
    }
  });
});
