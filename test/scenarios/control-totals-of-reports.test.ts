import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Store } from '../../src/adapters/store.js';
import { monthWindow } from '../../src/domain/period.js';
import { type Query, queryNamed } from '../../src/domain/query.js';
import { fillInputs } from '../../src/pipeline/inputs.js';
import { check, compare } from '../../src/stages/reconcile.js';
import { makeTable, materialise } from '../../src/stages/report.js';
import { configFor, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { doubled, lost } from '../support/row-losses.js';
import { startSimulatorHere } from '../support/simulator.js';

const world = { seed: 223, accounts: 5, records: 1000, from: '2026-10-05', to: '2026-10-08' };
// So soon that some messages have no price yet.
const clock = '2026-10-08T00:30:00Z';
const folder = suiteFolder();

describe('a control total breaks for each report', () => {
  const period = monthWindow('2026-10');
  let store: Store;
  beforeAll(async () => {
    const simulator = await startSimulatorHere({ ...world, now: clock });
    const config = configFor(simulator, folder, world);
    await runPipeline(config, { now: clock });
    await simulator.stop();
    store = await Store.open(config.dataFolder, { command: 'test', at: 'now', pid: process.pid });
    await fillInputs(store.ledger, config);
    await compare(portsOf(store), period);
    await materialise(portsOf(store), period, { pieceDays: 31 });
  });
  afterAll(() => store.close());

  const portsOf = ({ ledger, queries }: Store) => ({ sql: ledger, queries });

  /** Checks that fail where a report's rows are those of `sql`. */
  async function failing(query: Query, sql: string): Promise<string[]> {
    await makeTable(store.ledger, { ...query, sql }, period, { pieceDays: 31 });
    const findings = await check(portsOf(store), period);
    return findings.filter(({ severity }) => severity === 'fail').map((finding) => finding.check);
  }

  const reports = [
    'customer_cost',
    'account_cost',
    'customer_statement',
    'control_totals',
    'unpriced',
    'undated',
    'price_times_duration',
    'cost_trend',
    'country_cost',
    'customer_cost_by_day',
    'messaging_service_cost',
    'number_cost',
    'other_charges',
    'service_cost',
    'unpriced_age',
  ];
  it.each(reports)('%s with a row less, or one twice', async (report) => {
    const query = queryNamed(store.queries, report);
    expect(await failing(query, lost(query.sql))).not.toEqual([]);
    expect(await failing(query, doubled(query.sql))).not.toEqual([]);
    expect(await failing(query, query.sql)).toEqual([]);
  });
});
