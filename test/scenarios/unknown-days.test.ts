import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCustomerMap } from '../../src/adapters/customer-file.js';
import { runCli } from '../support/cli.js';
import { configFor, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 452, accounts: 5, records: 400, from: '2026-09-26', to: '2026-10-06' };

const folder = suiteFolder();
let simulator: SimulatorHandle;
let sids: string[];
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  sids = (await simulator.truth()).accounts.filter((one) => one.is_listed).map((one) => one.account_sid);
  const path = join(folder, 'customers.csv');
  const [moved] = sids;
  await writeFile(
    path,
    `account_sid,customer_id,customer_name,valid_from,valid_to
${moved},first,,,2026-10-03
${moved},second,,2026-10-03,
`,
  );
  await runPipeline(
    configFor(simulator, folder, world, { customersFile: path, customerMap: await readCustomerMap(path) }),
  );
});
afterAll(() => simulator.stop());

describe('days that are not known whole', () => {
  const from = '2026-09-24';
  const wide = ['--from', from, '--to', '2026-10-06', '--quiet'];
  const note = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('note: '));

  it('are told on stderr, also with --quiet, for the accounts in scope', async () => {
    const listed = (await simulator.truth()).accounts.filter((account) => account.is_listed).length;
    const all = await runCli(['report', 'customer_cost', ...wide], { cwd: folder });
    expect(all.code).toBe(0);
    expect(note(all.stderr)).toEqual([
      `note: ${from} to 2026-10-06 (exclusive) is not known whole: missing are calls of ${2 * listed} account-days from 2026-09-24 to 2026-09-25, ` +
        `messages of ${2 * listed} account-days from 2026-09-24 to 2026-09-25, Usage Records of ${2 * listed} account-days from 2026-09-24 to 2026-09-25. ` +
        'What follows is of the rest; "subledger report completeness" has every one.',
    ]);
    const one = await runCli(['report', 'price_times_duration', ...wide, '--account', sids[1] ?? ''], { cwd: folder });
    expect(note(one.stderr)[0]).toContain('missing are calls of 2 account-days from 2026-09-24 to 2026-09-25, ');
    // Of the second owner no day lies before the account was handed over.
    const second = await runCli(['report', 'customer_cost', ...wide, '--customer', 'second'], { cwd: folder });
    expect({ code: second.code, notes: note(second.stderr) }).toEqual({ code: 0, notes: [] });
    const known = await runCli(['report', 'customer_cost', '--from', world.from, '--to', world.to], { cwd: folder });
    expect(note(known.stderr)).toEqual([]);
  });
});
