import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { expectedDays } from '../support/expected-ledger.js';
import { daysOfMonth, type Expectation } from '../support/expected-reports.js';
import { configFor, outputFolderOf, runPipeline, temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf, readRows } from '../support/published.js';
import { startSimulatorHere } from '../support/simulator.js';
import { amountText } from '../support/units.js';

interface World {
  readonly seed: number;
  readonly accounts: number;
  readonly records: number;
  readonly from: string;
  readonly to: string;
}

/**
 * Whole months are dear, as each account lists 57 usage categories a day: every tenth world has two, some the seam
 * between two, and the rest a part of one.
 */
const worlds: World[] = Array.from({ length: Number(process.env.SUBLEDGER_TEST_WHOLE_WORLDS ?? 10) }, (_, index) => {
  const seam = { from: `2026-09-${20 + (index % 9)}`, to: `2026-10-0${2 + (index % 7)}` };
  const part = { from: `2026-09-0${1 + (index % 9)}`, to: `2026-09-${16 + (index % 8)}` };
  return {
    seed: 1000 + 37 * index,
    accounts: 15 + (index % 6) + (index === 1 ? 17 : 0),
    records: 1500 + 400 * (index % 7),
    ...(index % 10 === 0 ? { from: '2026-09-01', to: '2026-11-01' } : index % 3 === 0 ? seam : part),
  };
});

describe('every figure of every published CSV is the simulator’s truth', () => {
  it.each(worlds)('seed $seed: $accounts subaccounts, $records records, $from to $to', async (world) => {
    const simulator = await startSimulatorHere(world);
    try {
      const folder = await temporaryFolder();
      const run = await runPipeline(configFor(simulator, folder, world));
      expect(run.exitCode).toBe(0);
      const truth = await truthNow(simulator, world);
      expect(run.months.map(({ month }) => month)).toEqual(world.to < '2026-10' ? ['2026-09'] : ['2026-09', '2026-10']);
      for (const { month } of run.months) {
        const expected = { ...truth, month };
        const monthFolder = join(outputFolderOf(folder), month);
        await expectMonthIsTruth(monthFolder, expected);
        await expectFindings(monthFolder, expected);
        await expectRunJson(monthFolder, expected, simulator.accountSid);
      }
    } finally {
      await simulator.stop();
    }
  });
});

/** A world without faults has nothing to tell but records without a price, and a month of which only a part was asked. */
async function expectFindings(monthFolder: string, expected: Expectation): Promise<void> {
  const found = await readRows(join(monthFolder, 'findings.csv'));
  for (const { what_to_do } of found) expect(what_to_do).toMatch(/^[A-Z].{20,}\.$/s);
  const texts = found.map(({ check, severity, subject, detail }) => `${check} ${severity} ${subject}: ${detail}`);
  expect(texts).toEqual([...partialMonth(expected), ...unpricedRecordsFound(expected)]);
}

function partialMonth({ month, from, to }: Expectation): string[] {
  const all = daysOfMonth(month);
  const asked = all.filter((day) => day >= from && day < to);
  if (asked.length === all.length) return [];
  const days = `${asked.length} of ${all.length} days were extracted, from ${asked[0]} to ${asked.at(-1)}`;
  return [`partial_month warn ${month}: ${days}`];
}

function unpricedRecordsFound({ month, truth }: Expectation): string[] {
  return ['calls', 'messages'].flatMap((service) => {
    const records = truth.unpriced.filter((record) => record.service === service && record.day.startsWith(month));
    if (records.length === 0) return [];
    const accounts = new Set(records.map((record) => record.account_sid)).size;
    const oldest = records.map((record) => record.day).sort()[0];
    const detail = `${records.length} without a price, of ${accounts} accounts, the oldest of ${oldest}`;
    return [`unpriced_records warn ${service}: ${detail}`];
  });
}

/** run.json repeats the totals and vouches for every file beside it. */
async function expectRunJson(monthFolder: string, expected: Expectation, mainAccount: string): Promise<void> {
  const json = JSON.parse(await readFile(join(monthFolder, 'run.json'), 'utf8'));
  const days = expectedDays(expected.truth).filter(({ day }) => day.startsWith(expected.month));
  const currencies = [...new Set(days.filter((day) => day.callsCount + day.messagesCount > 0).map((d) => d.currency))];
  const totals = currencies.sort().map((currency) => {
    const own = days.filter((day) => day.currency === currency);
    const count = (pick: (day: (typeof own)[number]) => number): string =>
      String(own.reduce((sum, day) => sum + pick(day), 0));
    return {
      currency,
      calls_count: count((day) => day.callsCount),
      messages_count: count((day) => day.messagesCount),
      itemised_cost: amountText(own.reduce((sum, day) => sum + day.callsCost + day.messagesCost, 0n)),
      unpriced_calls: count((day) => day.callsUnpriced),
      unpriced_messages: count((day) => day.messagesUnpriced),
    };
  });
  expect(json).toMatchObject({ month: expected.month, main_account: mainAccount, totals });
  const { 'run.json': _, ...hashes } = await hashesOf(monthFolder);
  const vouched = (json.files as { file: string; sha256: string }[]).map(({ file, sha256 }) => [file, sha256]);
  expect(Object.fromEntries(vouched)).toEqual(hashes);
}
