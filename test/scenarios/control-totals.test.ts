import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.js';
import { Store } from '../../src/adapters/store.js';
import { ExitCode } from '../../src/domain/exit-code.js';
import type { Query } from '../../src/domain/query.js';
import type { Outside } from '../../src/pipeline/outside.js';
import { publish } from '../../src/pipeline/publishing.js';
import type { BodyEdit, FaultRule } from '../../src/simulator/faults.js';
import { editLanding } from '../support/edited-landing.js';
import { expectMonthIsTruth, truthNow } from '../support/expect-truth.js';
import { readLanding } from '../support/landing.js';
import {
  configFor,
  dataFolderOf,
  outputFolderOf,
  republish,
  runPipeline,
  suiteFolder,
  temporaryFolder,
} from '../support/pipeline-run.js';
import { hashesOf, readRows } from '../support/published.js';
import { changedRow } from '../support/row-faults.js';
import { doubled, lost, one } from '../support/row-losses.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { listRecords } from '../support/simulator-records.js';
import { amountText, unitsOfPlain } from '../support/units.js';

const world = { seed: 223, accounts: 9, records: 2500, from: '2026-10-05', to: '2026-10-08' };
// So soon that some messages have no price yet.
const clocks = ['2026-10-08T00:30:00Z', '2026-10-08T06:00:00Z'] as const;
const resources = ['accounts', 'calls', 'messages', 'usage_records'] as const;

const sound = suiteFolder();
let simulator: SimulatorHandle;
let hashes: Record<string, string>;

beforeAll(async () => {
  simulator = await startSimulatorHere({ ...world, now: clocks[0] });
  await simulator.setFaults(await damages());
  await runPipeline(configFor(simulator, sound, world), { now: clocks[0] });
  await simulator.setClock(clocks[1]);
  const run = await runPipeline(configFor(simulator, sound, world), { now: clocks[1] });
  expect(run.exitCode, 'quarantined records').toBe(ExitCode.incomplete);
  await simulator.setFaults([]);
  hashes = await hashesOf(outputFolderOf(sound));
});
afterAll(() => simulator.stop());

/** Calls of an account that stand on one page, the priced ones. */
async function pricedCalls(count: number): Promise<{ account: string; sids: string[] }> {
  for (const { account_sid: account } of (await simulator.truth()).accounts) {
    const days = `StartTime%3E=${world.from}&StartTime%3C=${world.to}`;
    const calls = await listRecords(simulator, account, 'Calls', days);
    const priced = calls.filter((row) => Number(row.price) < 0);
    if (calls.length < 1000 && priced.length >= count)
      return { account, sids: priced.slice(0, count).map(({ sid }) => String(sid)) };
  }
  throw new Error('the world has no account with so many calls');
}

/** One call with a price that is none, and one priced in no known currency. */
async function damages() {
  const { account, sids } = await pricedCalls(2);
  const [one = '', other = ''] = sids;
  return changedRows(account, { [one]: { price: '"1e-3"' }, [other]: { price_unit: '"XQZ"' } });
}

/** Several rows of one page: of several rules that match it, only one would fire. */
async function changedRows(
  account: string,
  rows: Readonly<Record<string, Record<string, string | undefined>>>,
): Promise<FaultRule[]> {
  const edit: BodyEdit[] = [];
  let match = {};
  for (const [sid, fields] of Object.entries(rows)) {
    const rule = await changedRow(simulator, account, 'Calls', sid, fields);
    match = rule.match ?? {};
    edit.push(rule.action.edit as BodyEdit);
  }
  return [{ match, action: { edit } }];
}

async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(sound, folder, { recursive: true });
  return folder;
}

const dropLedger = (folder: string): Promise<void> => rm(join(dataFolderOf(folder), 'subledger.duckdb'));

/** Opens the store, lets the queries be changed, and asks it something. */
async function withStore<T>(
  folder: string,
  work: (store: Store, queries: Map<string, Query>) => Promise<T>,
): Promise<T> {
  const store = await Store.open(dataFolderOf(folder), { command: 'test', at: 'now', pid: process.pid });
  try {
    return await work(store, store.queries as Map<string, Query>);
  } finally {
    await store.close();
  }
}

const outside: Outside = {
  clock: systemClock,
  random: () => 0.5,
  signal: new AbortController().signal,
  onEvent: () => undefined,
};

/** Reports with queries that are wrong, as a bug would make them. */
const publishWith = (folder: string, changes: Readonly<Record<string, (sql: string) => string>>) =>
  withStore(folder, async (store, queries) => {
    for (const [name, change] of Object.entries(changes)) {
      const query = queries.get(name);
      if (query === undefined) throw new Error(`no query ${name}`);
      queries.set(name, { ...query, sql: change(query.sql) });
    }
    await publish(store, configFor(simulator, folder, world), outside);
  });

const controlsOf = (folder: string): Promise<readonly (readonly (string | null)[])[]> =>
  withStore(folder, async ({ ledger }) =>
    ledger.texts(
      'run_control_totals',
      `select cast(run_number as varchar), resource, stage, currency, cast(row_count as varchar),
         cast(priced_count as varchar), cast(price_sum as varchar)
       from run_control_totals order by run_number, resource, stage, currency`,
    ),
  );

/** Nothing is published, and it is told with the exit code of a damaged store. */
async function expectRefused(folder: string, failing: Promise<unknown>, message: RegExp): Promise<void> {
  const failure = await failing.then(
    () => ({ exitCode: 0, message: 'published' }),
    (error: unknown) => error as { exitCode: number; message: string },
  );
  expect(failure.message).toMatch(message);
  expect(failure.exitCode).toBe(ExitCode.storeDamaged);
  expect(await hashesOf(outputFolderOf(folder)), 'what stood there stays').toEqual(hashes);
}

describe(`the control totals of every run, seed ${world.seed}`, () => {
  it('are what the landing files hold, at every stage, and the same when the ledger is made anew', async () => {
    const folder = await copy();
    const expected = new Map<string, { rows: number; priced: number; sum: bigint }>();
    for (const resource of resources) {
      for (const { run_number, price, price_unit } of await readLanding(dataFolderOf(folder), resource)) {
        const currency = (price_unit ?? '').toUpperCase();
        const usable = price !== '1e-3' && currency !== 'XQZ';
        for (const stage of ['received', 'landed', usable ? 'loaded' : 'quarantined']) {
          const key = [run_number, resource, stage, currency].join(' ');
          const total = expected.get(key) ?? { rows: 0, priced: 0, sum: 0n };
          total.rows += 1;
          if (/^-?\d+(\.\d+)?$/.test(price ?? '')) {
            total.priced += 1;
            total.sum += unitsOfPlain(price ?? '');
          }
          expected.set(key, total);
        }
      }
    }
    const wanted = [...expected].map(([key, { rows, priced, sum }]) =>
      [key, String(rows), String(priced), amountText(sum)].join(' '),
    );
    expect(wanted.filter((line) => line.includes('quarantined'))).toHaveLength(4);
    const found = await controlsOf(folder);
    expect(found.map((row) => row.join(' ')).toSorted()).toEqual(wanted.toSorted());
    await dropLedger(folder);
    await republish(configFor(simulator, folder, world));
    expect(await controlsOf(folder)).toEqual(found);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });
});

describe('a break stops publication with 6, and what was published stays', () => {
  it('received: a page whose bytes say something else than its parsed rows; the next run has it right', async () => {
    const folder = await copy();
    const { account, sids } = await pricedCalls(4);
    const [one = '', other = ''] = sids.slice(2);
    await simulator.setFaults(
      await changedRows(account, { [one]: { price: '"-0.01","price":"-0.02"' }, [other]: { price: undefined } }),
    );
    const later = { now: '2026-10-08T07:00:00Z' };
    const config = configFor(simulator, folder, world);
    await expectRefused(folder, runPipeline(config, later), /^calls in [A-Z]{3}: .* were received, .* came to landing/);
    await simulator.setFaults([]);
    expect((await runPipeline(config, later)).exitCode).toBe(0);
    const expected = { ...(await truthNow(simulator, world)), month: '2026-10' };
    const month = join(outputFolderOf(folder), '2026-10');
    const changes = await readRows(join(month, 'price_changes.csv'));
    await expectMonthIsTruth(month, expected, { files: { 'price_changes.csv': changes } });
  });

  const first = 'file_row_number = (select min(file_row_number) from numbered where price is not null)';
  const numbered = 'with numbered as (select *, row_number() over () as file_row_number from landing)';
  it.each([
    ['a price', 'calls', `replace (case when ${first} then '-7.5' else price end as price)`, 'true', /landed, .* came/],
    [
      'a price in its last decimal',
      'usage_records',
      `replace (case when ${first} then price || '0001' else price end as price)`,
      'true',
      /landed, .* came/,
    ],
    [
      'a currency',
      'messages',
      `replace (case when ${first} then 'CHF' else price_unit end as price_unit)`,
      'true',
      /CHF/,
    ],
    ['a row less', 'calls', '', `not ${first}`, /landed, .* came/],
    ['an account less', 'accounts', '', 'file_row_number > 1', /accounts in no currency/],
  ])(
    'landed: a file with %s other than was written, though its hash and the chain are sound',
    async (_, resource, replace, where, message) => {
      const folder = await copy();
      const select = `${numbered} select * exclude (file_row_number) ${replace} from numbered where ${where}`;
      const file = await editLanding(folder, resource, select);
      await dropLedger(folder);
      await expectRefused(folder, republish(configFor(simulator, folder, world)), message);
      await expectRefused(
        folder,
        republish(configFor(simulator, folder, world)),
        new RegExp(`landing file ${Number(/\d+/.exec(file)?.[0])}`),
      );
    },
  );

  it.each([
    ['rows that cannot be used, lost', 'quarantined_rows', (sql: string) => `${one(sql)} offset 1`, /cannot be used/],
    ['a call lost', 'calls', (sql: string) => `${one(sql)} offset 1`, /^calls: the ledger held/],
    [
      'a message doubled',
      'messages',
      (sql: string) => `${one(sql)} union all (${one(sql)} limit 1)`,
      /^messages: the ledger held/,
    ],
    [
      'repeated records taken for new ones',
      'repeated_records',
      (sql: string) => `${one(sql)} where false`,
      /duplicate_records/,
    ],
    [
      'prices with the other sign',
      'staging_calls',
      (sql: string) => sql.replace('then -cast(', 'then cast('),
      /calls in .* landed, .* came/,
    ],
  ])('loaded: %s', async (_, query, change, message) => {
    const folder = await copy();
    await dropLedger(folder);
    await expectRefused(folder, publishWith(folder, { [query]: change }), message);
    // Nothing of it stays: with sound queries the ledger is made anew from the same files, and says the same.
    await dropLedger(folder);
    await republish(configFor(simulator, folder, world));
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });

  it('reported: customer_cost with a row less, or one twice', async () => {
    const folder = await copy();
    await expectRefused(folder, publishWith(folder, { customer_cost: lost }), /control totals do not hold/);
    await expectRefused(folder, publishWith(folder, { customer_cost: doubled }), /control totals do not hold/);
    await republish(configFor(simulator, folder, world));
    expect(await hashesOf(outputFolderOf(folder))).toEqual(hashes);
  });
});
