import { describe, expect, it } from 'vitest';
import { type Database, sqlText } from '../../src/adapters/duckdb.js';
import { openLedger } from '../../src/adapters/ledger.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { queryNamed } from '../../src/domain/query.js';
import { type AddUpPorts, addUp } from '../../src/stages/add-up.js';
import { load } from '../../src/stages/load.js';
import { Draw } from '../support/draw.js';
import { expectSumsAreOfRecords } from '../support/expect-days-add-up.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { RandomLoads } from '../support/random-loads.js';

/**
 * Sums by day are made anew for the days that a load has touched only: here, that is always enough. Each seed is in its title:
 * `SUBLEDGER_TEST_SEED=<seed> SUBLEDGER_TEST_LOADS=1` plays it again.
 */
const plays = Number(process.env.SUBLEDGER_TEST_LOADS ?? 4);
const firstSeed = Number(process.env.SUBLEDGER_TEST_SEED ?? 31);
const seeds = Array.from({ length: plays }, (_, index) => firstSeed + index);
const runs = 8;

const queries = await loadQueries();
/** What is loaded here was never on a page, and the manifest has no totals of it. */
const control = queryNamed(queries, 'broken_control_totals');
const uncontrolled = new Map(queries).set(control.name, {
  ...control,
  sql: 'select * from landed_controls where false',
});

/** Breaks off at the nth statement. */
const cutOff = (ledger: Database, left: number): AddUpPorts['sql'] => ({
  run: (name, sql, parameters) =>
    left-- > 0 ? ledger.run(name, sql, parameters) : Promise.reject(new Error('cut off')),
  texts: (name, sql, parameters) => ledger.texts(name, sql, parameters),
  transaction: (work) => ledger.transaction(work),
});

describe('sums by day are of the records', () => {
  it.each(seeds)('after the random loads of seed %i', { timeout: 120_000 }, async (seed) => {
    const draw = new Draw(seed);
    const folder = await temporaryFolder();
    const ledger = await openLedger(folder, queries, await seedFiles());
    const loads = await RandomLoads.begin(draw, folder);
    const sql = {
      run: ledger.run.bind(ledger),
      texts: ledger.texts.bind(ledger),
      transaction: ledger.transaction.bind(ledger),
      literal: sqlText,
    };
    const trusted = (file: string): Promise<string> => Promise.resolve(file);
    const add = (sql: AddUpPorts['sql'] = ledger): Promise<unknown> =>
      addUp({ sql, queries, onPeriod: () => undefined });
    try {
      for (let run = 1; run <= runs; run += 1) {
        const lines = await loads.run(run);
        await load({ sql, queries: uncontrolled, trusted, manifestPath: loads.manifestPath }, lines);
        // Killed between loading and adding up, or while adding up: what is left is still due.
        if (run < runs && draw.chance(30)) continue;
        if (draw.chance(30)) {
          await add(cutOff(ledger, draw.int(0, 60))).catch((error: Error) => expect(error.message).toBe('cut off'));
          if (run < runs && draw.chance(50)) continue;
        }
        await add();
        await expectSumsAreOfRecords(ledger, queries);
      }
      const [[sums = '0', put = '0'] = []] = await ledger.texts(
        'sums',
        'select (select count(*) from compared_days), (select count(*) from open_quarantine where day is not null)',
      );
      expect(Number(sums), 'sums of next to nothing prove nothing').toBeGreaterThan(10);
      expect(Number(put)).toBeGreaterThan(0);
    } finally {
      loads.close();
      ledger.close();
    }
  });
});
