import { expect, it } from 'vitest';
import { ExitCode } from '../../src/domain/exit-code.js';
import { inWorldOf } from '../support/in-world.js';
import { closeAt } from '../support/month-closing.js';
import { configFor, runPipeline } from '../support/pipeline-run.js';

const world = {
  seed: 5,
  accounts: 4,
  records: 1500,
  from: '2026-10-25',
  to: '2026-12-01',
  profiles: ['plain'] as const,
};

it('of an account that Twilio lists no longer nothing is missing in later months, and the tie-out tells what it still costs', async () => {
  await inWorldOf({ ...world, now: '2026-11-20T00:00:00Z' }, async (simulator, folder) => {
    const october = configFor(simulator, folder, { from: '2026-10-01', to: '2026-11-01' });
    await runPipeline(october, { now: '2026-10-31T23:00:00Z' });
    const gone = (await simulator.truth()).accounts.find(({ account_sid }) => account_sid !== simulator.accountSid);
    await simulator.setClock('2026-12-10T00:00:00Z');
    // The main account's usage goes on counting it, as it does what happened before an account was deleted.
    await simulator.changeAccounts([{ sid: gone?.account_sid ?? '', deleted: true }]);
    const now = '2026-12-10T00:00:00Z';
    const november = configFor(simulator, folder, { from: '2026-11-01', to: '2026-12-01' });
    const { months, exitCode } = await runPipeline(november, { now });

    expect(exitCode).toBe(ExitCode.unexplained);
    expect([...new Set(months.flatMap(({ findings }) => findings.map(({ check }) => check)))]).toEqual([
      'tie_out_differs',
    ]);
    const { closing } = await closeAt(november, { month: '2026-11', now, reason: 'Twilio told us of the account' });
    expect(Object.keys(closing.obstacles)).toEqual(['unexplained']);
  });
});
