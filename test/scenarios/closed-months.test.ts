import { appendFile, cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/domain/exit-code.js';
import type { ManifestLine, MonthClosed } from '../../src/domain/manifest.js';
import {
  correctionsBetween,
  costText,
  publishedSums,
  sumsOf,
  totalsOf,
  unpricedOf,
} from '../support/closed-month-oracle.js';
import { manifestOf } from '../support/manifest-lines.js';
import { closeAt, reopenAt } from '../support/month-closing.js';
import {
  configFor,
  dataFolderOf,
  outputFolderOf,
  republish,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { filesBelow, hashesOf, type Row, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { unitsOf } from '../support/units.js';
import { recordsOf, type Universe, type WorldRecord } from '../support/universe.js';

const world = { seed: 321, accounts: 6, records: 4000, from: '2026-10-24', to: '2026-11-06' };
const month = '2026-10';
const reason = 'Twilio never priced some, ticket 4711';
/** Much of the last hours has no price yet. */
const early = '2026-11-01T02:00:00Z';
const closed = '2026-11-03T03:00:00Z';
const later = '2026-11-05T03:00:00Z';

const story = suiteFolder();
let simulator: SimulatorHandle;
let atClosing: Universe;
let hashesAtClosing: Record<string, string>;
let foundLater: Universe;
let refusals: { exitCode: number; problems: string[]; manifest: readonly ManifestLine[] }[] = [];
let changedRecord: WorldRecord;
let withdrawnRecord: WorldRecord;

const days = (to: string) => ({ from: '2026-10-01', to });
const configTo = (folder: string, to: string) => configFor(simulator, folder, days(to));
const octoberOf = (folder: string): string => join(outputFolderOf(folder), month);
const novemberOf = (folder: string): string => join(outputFolderOf(folder), '2026-11');
const closingsOf = async (folder: string): Promise<ManifestLine[]> =>
  (await manifestOf(folder)).filter(({ kind }) => kind.startsWith('month_'));

type Failure = { exitCode: number; problems: string[]; message: string };
const failureOf = async (work: Promise<unknown>): Promise<Failure> =>
  (await work.then(
    () => ({ exitCode: 0, problems: [], message: 'it did not fail' }),
    (error: unknown) => error,
  )) as Failure;

async function refusedClose(at: string): Promise<void> {
  const { exitCode, problems } = await failureOf(closeAt(configTo(story, '2026-11-01'), { month, now: at }));
  refusals = [...refusals, { exitCode, problems, manifest: await closingsOf(story) }];
}

beforeAll(async () => {
  simulator = await startSimulatorHere({ ...world, now: early });
  const all = [...(await recordsOf(simulator)).values()];
  const lateDays = all.filter(({ at, row }) => at >= '2026-10-29' && at < '2026-11-01' && Number(row.price) < 0);
  const calls = lateDays.filter(({ service }) => service === 'calls');
  const messages = lateDays.filter(({ service }) => service === 'messages');
  const hidden = [...calls.slice(0, 2), ...messages.slice(0, 3)].map(({ sid }) => sid);
  [changedRecord, withdrawnRecord] = [calls[5] as WorldRecord, messages[5] as WorldRecord];

  await simulator.changeRecords(hidden.map((sid) => ({ sid, deleted: true })));
  await runPipeline(configTo(story, '2026-11-01'), { now: early });
  await refusedClose(early);

  await simulator.setClock(closed);
  await runPipeline(configTo(story, '2026-11-03'), { now: closed });
  await refusedClose(closed);
  atClosing = await recordsOf(simulator);
  await closeAt(configTo(story, '2026-11-03'), { month, now: closed, reason });
  hashesAtClosing = await hashesOf(octoberOf(story));

  await simulator.setClock(later);
  const [forgotten] = unpricedOf(atClosing, month);
  await simulator.changeRecords([
    ...hidden.map((sid) => ({ sid, deleted: false })),
    { sid: changedRecord.sid, price: '-9.87654321' },
    { sid: withdrawnRecord.sid, price: null },
    { sid: String(forgotten?.sid), price: '-0.00000001' },
  ]);
  foundLater = await recordsOf(simulator);
  const run = await runPipeline(configTo(story, '2026-11-05'), { now: later });
  expect(run.exitCode).toBe(0);
  expect(run.months.map(({ month: one, closed: isClosed, changed }) => [one, isClosed, changed])).toEqual([
    ['2026-10', true, false],
    ['2026-11', false, true],
  ]);
});
afterAll(() => simulator.stop());

const expectedCorrections = async (): Promise<Row[]> => {
  const facts = { month, foundOn: later.slice(0, 10), run: 3, truth: await simulator.truth() };
  return correctionsBetween(atClosing, foundLater, facts);
};

async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(story, folder, { recursive: true });
  return folder;
}

describe(`closing a month, seed ${world.seed}`, () => {
  it('is refused while anything is pending, and the manifest knows nothing of it', () => {
    const [early, late] = refusals;
    expect([early?.exitCode, late?.exitCode]).toEqual([ExitCode.incomplete, ExitCode.incomplete]);
    expect([early?.manifest, late?.manifest]).toEqual([[], []]);
    const unpriced = unpricedOf(atClosing, month);
    expect(unpriced.length, 'some are never priced').toBeGreaterThan(1);
    expect(late?.problems[0]).toMatch(new RegExp(`^2026-10 is not closed: ${unpriced.length} pending\\. .*--reason`));
    for (const { account } of unpriced) {
      expect(late?.problems.join('\n')).toMatch(new RegExp(`pending: ${account}: \\w+ without a price, 2026-10-`));
    }
  });

  it('is refused before the month is over, whatever the reason', async () => {
    const wish = { month, now: '2026-10-31T23:59:59Z', reason };
    const { exitCode, message } = await failureOf(closeAt(configTo(await copy(), '2026-11-03'), wish));
    expect([exitCode, message]).toEqual([
      ExitCode.configuration,
      '2026-10 is not over: it can be closed from 2026-11-01 on (UTC).',
    ]);
  });

  it('with a reason is written down with what was overridden, what it cost and every hash, for the owner only', async () => {
    const [line, ...others] = (await closingsOf(story)) as (ManifestLine & MonthClosed)[];
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      ...{ kind: 'month_closed', month, at: closed, reason, folder: 'closed/2026-10/1' },
      obstacles: { pending: unpricedOf(atClosing, month).length },
    });
    const costs = (line?.totals ?? []).map((one) => [one.currency, unitsOf(one.itemised_cost)] as const);
    expect(sumsOf(costs)).toEqual(totalsOf(atClosing, month));
    const kept = join(dataFolderOf(story), 'closed/2026-10/1');
    expect(Object.fromEntries((line?.files ?? []).map(({ file, sha256 }) => [file, sha256]))).toEqual(hashesAtClosing);
    expect(await hashesOf(kept)).toEqual(hashesAtClosing);
    for (const file of line?.files ?? []) {
      const { size, mode } = await stat(join(kept, file.file));
      expect([size, mode & 0o777]).toEqual([file.bytes, 0o600]);
    }
    expect((await stat(join(kept, 'customers'))).mode & 0o777).toBe(0o700);
  });

  it('of a month that is closed is refused', async () => {
    const wish = { month, now: later, reason };
    const { exitCode, message } = await failureOf(closeAt(configTo(await copy(), '2026-11-03'), wish));
    expect(exitCode).toBe(ExitCode.configuration);
    expect(message).toMatch(/^2026-10 is closed already, since 2026-11-03T03:00:00Z\./);
  });
});

describe('what changes of a closed month', () => {
  it('leaves its files as they are, and is a dated correction of the month in which it is found, to the last digit', async () => {
    expect(await hashesOf(octoberOf(story))).toEqual(hashesAtClosing);
    const expected = await expectedCorrections();
    expect(new Set(expected.map(({ change }) => change))).toEqual(
      new Set(['appeared', 'priced', 'changed', 'withdrawn']),
    );
    expect(await readRows(join(novemberOf(story), 'corrections.csv'))).toEqual(expected);
    // The closed figures and their corrections are what Twilio says now.
    const published = await publishedSums(octoberOf(story), 'customer_cost.csv', 'itemised_cost');
    expect(published).toEqual(totalsOf(atClosing, month));
    const corrections = await publishedSums(novemberOf(story), 'corrections.csv', 'correction');
    const together = [...Object.entries(published), ...Object.entries(corrections)];
    expect(sumsOf(together.map(([currency, text]) => [currency, unitsOf(text)]))).toEqual(totalsOf(foundLater, month));
  });

  it('is found again where the ledger is made anew from the landing, and the output with it', async () => {
    const folder = await copy();
    const before = await hashesOf(outputFolderOf(folder));
    await rm(join(dataFolderOf(folder), 'subledger.duckdb'));
    await rm(outputFolderOf(folder), { recursive: true });
    const months = await republish(configTo(folder, '2026-11-05'));
    expect(months.map(({ changed }) => changed)).toEqual([true, true]);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(before);
  });

  it('more than once makes a correction each time', async () => {
    const folder = await copy();
    await simulator.changeRecords([{ sid: withdrawnRecord.sid, price: '-0.25' }]);
    await runPipeline(configTo(folder, '2026-11-06'), { now: '2026-11-06T03:00:00Z' });
    await simulator.changeRecords([{ sid: withdrawnRecord.sid, price: null }]);
    const rows = await readRows(join(novemberOf(folder), 'corrections.csv'));
    const own = rows.filter(({ sid }) => sid === withdrawnRecord.sid);
    const was = costText(atClosing.get(withdrawnRecord.sid));
    expect(
      own.map((row) => [row.found_on, row.change_number, row.change, row.previous_cost, row.cost, row.correction]),
    ).toEqual([
      ['2026-11-05', '1', 'withdrawn', was, '', `-${was}`],
      ['2026-11-06', '2', 'priced', '', '0.25000000', '0.25000000'],
    ]);
    expect(rows).toHaveLength((await expectedCorrections()).length + 1);
    expect(await hashesOf(octoberOf(folder))).toEqual(hashesAtClosing);
  });
});

describe('the files of a closed month', () => {
  it('are restored where the published ones were changed, joined by another, or lost', async () => {
    const folder = await copy();
    const config = configTo(folder, '2026-11-01');
    const damages = [
      () => appendFile(join(octoberOf(folder), 'customer_cost.csv'), '\n'),
      () => writeFile(join(octoberOf(folder), 'stray.csv'), 'x'),
      () => rm(octoberOf(folder), { recursive: true }),
    ];
    for (const damage of damages) {
      await damage();
      expect((await republish(config)).map(({ closed: isClosed, changed }) => [isClosed, changed])).toEqual([
        [true, true],
      ]);
      expect(await hashesOf(octoberOf(folder))).toEqual(hashesAtClosing);
    }
    expect((await republish(config)).map(({ changed }) => changed)).toEqual([false]);
  });

  it.each([
    ['changed in one bit', flipBit, /customer_cost\.csv was changed since the month was closed/],
    ['missing', (path: string) => rm(path), /customer_cost\.csv cannot be read/],
  ])('are refused with 6 where a kept one is %s, and nothing is published', async (_, damage, message) => {
    const folder = await copy();
    const kept = join(dataFolderOf(folder), 'closed/2026-10/1/customer_cost.csv');
    await damage(kept);
    const before = await filesBelow(outputFolderOf(folder));
    const failure = await failureOf(republish(configTo(folder, '2026-11-05')));
    expect(failure.exitCode).toBe(ExitCode.storeDamaged);
    expect(failure.message).toMatch(message);
    expect(await filesBelow(outputFolderOf(folder))).toEqual(before);
    expect(await hashesOf(octoberOf(folder))).toEqual(hashesAtClosing);
  });
});

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('reopening a month', () => {
  it('waits for a closed month that holds its corrections; then its figures are the truth again, without corrections', async () => {
    const folder = await copy();
    const config = configTo(folder, '2026-11-05');
    await closeAt(config, { month: '2026-11', now: '2026-12-01T00:00:00Z', reason });
    const refused = await failureOf(reopenAt(config, { month, now: '2026-12-02T00:00:00Z' }));
    expect(refused.exitCode).toBe(ExitCode.configuration);
    expect(refused.message).toMatch(/^2026-10 stays closed: .* of 2026-11, .*Reopen 2026-11 first\.$/);
    expect(await closingsOf(folder)).toHaveLength(2);

    await reopenAt(config, { month: '2026-11', now: '2026-12-02T00:00:00Z' });
    const published = await reopenAt(config, { month, now: '2026-12-03T00:00:00Z', reason: 'the map was wrong' });
    expect(published.map(({ month: one, changed }) => [one, changed])).toEqual([
      ['2026-10', true],
      ['2026-11', true],
    ]);
    expect(await publishedSums(octoberOf(folder), 'customer_cost.csv', 'itemised_cost')).toEqual(
      totalsOf(foundLater, month),
    );
    expect(await readRows(join(novemberOf(folder), 'corrections.csv'))).toEqual([]);
    expect(await hashesOf(join(dataFolderOf(folder), 'closed/2026-10/1'))).toEqual(hashesAtClosing);
    const trace = (await closingsOf(folder)).at(-1);
    expect(trace).toMatchObject({
      kind: 'month_reopened',
      month,
      at: '2026-12-03T00:00:00Z',
      reason: 'the map was wrong',
    });

    await closeAt(config, { month, now: '2026-12-04T00:00:00Z', reason });
    expect((await closingsOf(folder)).at(-1)).toMatchObject({ folder: 'closed/2026-10/2' });
    await rm(join(dataFolderOf(folder), 'subledger.duckdb'));
    await republish(config);
    expect(await publishedSums(octoberOf(folder), 'customer_cost.csv', 'itemised_cost')).toEqual(
      totalsOf(foundLater, month),
    );
    expect(await readRows(join(novemberOf(folder), 'corrections.csv'))).toEqual([]);
  });

  it('that is open is refused', async () => {
    const { exitCode, message } = await failureOf(
      reopenAt(configTo(await copy(), '2026-11-05'), { month: '2026-11', now: later }),
    );
    expect([exitCode, message]).toEqual([ExitCode.configuration, '2026-11 is not closed.']);
  });
});
