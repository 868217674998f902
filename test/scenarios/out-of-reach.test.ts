import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { inWorldOf } from '../support/in-world.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const days = { from: '2026-10-05', to: '2026-10-09' };
const listPath = '^GET /2010-04-01/Accounts\\.json';

/** Requests in the order they came: `list`, or the account's SID. */
async function asked(simulator: SimulatorHandle): Promise<string[]> {
  const { log = [] } = await simulator.stats(true);
  return log.map(({ url }) => (url.startsWith('/2010-04-01/Accounts.json') ? 'list' : (url.split('/')[3] ?? '')));
}

const inWorld = (
  options: { readonly seed: number; readonly accounts: number },
  test: Parameters<typeof inWorldOf>[1],
): Promise<void> => inWorldOf({ ...options, records: 900, ...days }, test);

/** Subaccounts with traffic, as the truth tells them. */
async function busyAccounts(simulator: SimulatorHandle): Promise<string[]> {
  const { days: traffic } = await simulator.truth();
  const busy = new Set(traffic.filter((day) => day.count > 0).map((day) => day.account_sid));
  busy.delete(simulator.accountSid);
  return [...busy].sort();
}

describe('accounts that appear during the run', () => {
  it('are pulled in the same run, and a message says so', async () => {
    await inWorld({ seed: 181, accounts: 8 }, async (simulator, folder) => {
      const [late = ''] = await busyAccounts(simulator);
      await simulator.changeAccounts([{ sid: late, deleted: true }]);
      await simulator.setFaults([
        { match: { path: 'Calls\\.json', nth: [2] }, action: { set_accounts: [{ sid: late, deleted: false }] } },
      ]);
      const run = await runPipeline(configFor(simulator, folder, days));
      expect(run.exitCode).toBe(0);
      const expected = { ...(await truthNow(simulator, days)), month: '2026-10' };
      expect(run.pulled.accounts).toBe(expected.truth.accounts.length);
      expect(run.pulled.appeared.map((account) => account.sid)).toEqual([late]);
      const told = run.events.filter((event) => event.kind === 'warning').map((event) => event.message);
      expect(told).toContain(`1 accounts appeared during the run and are pulled too: ${late}.`);
      expect(run.pulled.extract.warnings).toContain(told.find((message) => message.includes('appeared')));
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
      // At first, behind the pull, and behind the second round.
      expect((await asked(simulator)).filter((one) => one === 'list')).toHaveLength(3);
    });
  });

  it('are looked for three times at most; the next run has the rest', async () => {
    await inWorld({ seed: 182, accounts: 10 }, async (simulator, folder) => {
      const late = (await busyAccounts(simulator)).slice(0, 4);
      await simulator.changeAccounts(late.map((sid) => ({ sid, deleted: true })));
      await simulator.setFaults(
        late.map((sid, index) => ({
          match: { path: listPath, nth: [index + 2] },
          action: { set_accounts: [{ sid, deleted: false }] },
        })),
      );
      const config = configFor(simulator, folder, days);
      const run = await runPipeline(config);
      expect(run.pulled.appeared.map((account) => account.sid)).toEqual(late.slice(0, 3));
      expect((await asked(simulator)).filter((one) => one === 'list')).toHaveLength(4);
      const next = await runPipeline(config);
      expect(next.pulled.appeared).toEqual([]);
      const expected = { ...(await truthNow(simulator, days)), month: '2026-10' };
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    });
  });

  it('a list that fails behind the pull leaves the run incomplete: nobody knows whether some appeared', async () => {
    await inWorld({ seed: 183, accounts: 3 }, async (simulator, folder) => {
      await simulator.setFaults([{ match: { path: listPath, after: 1 }, action: { status: 403, body: '{}' } }]);
      const run = await runPipeline(configFor(simulator, folder, days));
      expect(run.exitCode).toBe(4);
      expect(run.pulled.extract.failures.map(({ task }) => task.resource)).toEqual(['accounts']);
      await simulator.setFaults([]);
      const expected = { ...(await truthNow(simulator, days)), month: '2026-10' };
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    });
  });
});

describe('what may soon be gone', () => {
  it('is asked for first: closed accounts, then suspended ones, then the rest', async () => {
    await inWorld({ seed: 184, accounts: 19 }, async (simulator, folder) => {
      const now = '2026-10-20T00:00:00Z';
      const { accounts } = await simulator.truth();
      const limits = { concurrency: 1, accountConcurrency: 5 };
      const run = await runPipeline(configFor(simulator, folder, days, limits), { now });
      const statusOf = new Map(accounts.map((account) => [account.account_sid, account.status]));
      const order = (await asked(simulator)).map((one) => statusOf.get(one) ?? one);
      // The first list, everything, the list again.
      const kinds = order.filter((kind, index) => kind !== order[index - 1]);
      expect(kinds).toEqual(['list', 'closed', 'suspended', 'active', 'list']);

      const closed = accounts.filter((one) => one.status === 'closed');
      const atRisk = closed.filter((one) => (one.ended_at ?? '') > days.from);
      expect(atRisk.length).toBeGreaterThan(0);
      expect(atRisk.length).toBeLessThan(closed.length);
      const dayMs = 86_400_000;
      const wanted = atRisk.map((one) => {
        const left = Date.parse(one.ended_at ?? '') + 30 * dayMs - Date.parse(now);
        return `${one.account_sid} in ${Math.floor(left / dayMs) + 1} days`;
      });
      const found = run.pulled.extract.warnings.map((text) => `${text.slice(0, 34)} ${/in \d+ days/.exec(text)?.[0]}`);
      expect(found.sort()).toEqual(wanted.sort());
    });
  });

  it('messages beyond 400 days are asked for all the same, with a warning', async () => {
    const past = { from: '2026-10-05', to: '2026-10-06' };
    const simulator = await startSimulatorHere({ seed: 185, accounts: 3, records: 200, ...past });
    try {
      const folder = await temporaryFolder();
      const run = await runPipeline(configFor(simulator, folder, past), { now: '2027-12-01T00:00:00Z' });
      expect(run.exitCode).toBe(0);
      const { accounts } = await simulator.truth();
      expect(run.pulled.extract.warnings).toEqual([
        expect.stringMatching(new RegExp(`^Messages of ${accounts.length} accounts .* from 2026-10-05 .*2026-10-27`)),
      ]);
      const expected = { ...(await truthNow(simulator, past)), month: '2026-10' };
      await expectMonthIsTruth(join(outputFolderOf(folder), '2026-10'), expected);
    } finally {
      await simulator.stop();
    }
  });
});
