import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { csvText } from '../../src/adapters/csv.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { everyJournalAccount } from '../../src/domain/journal-accounts.js';
import { queryNamed } from '../../src/domain/query.js';
import { Draw } from '../support/draw.js';
import { type JournalCosts, journalRows } from '../support/expected-journal.js';
import { runCase } from '../support/query-case.js';
import { amountText } from '../support/units.js';

/**
 * The journal of random costs, against whole numbers: of every minor unit, either sign, exact halves and next to them, names that mean
 * harm. Each seed is in its title: `SUBLEDGER_TEST_SEED=<seed> SUBLEDGER_TEST_JOURNALS=1` plays it again.
 */
const plays = Number(process.env.SUBLEDGER_TEST_JOURNALS ?? 12);
const firstSeed = Number(process.env.SUBLEDGER_TEST_SEED ?? 71);
const seeds = Array.from({ length: plays }, (_, index) => firstSeed + index);

const house = { queries: await loadQueries(), seeds: await seedFiles() };
const currencies = ['USD', 'JPY', 'KWD', 'CLF', 'XDR', 'BHD'];
const names = [
  'Acme',
  'ACME',
  'acme',
  '=1+1',
  'Ünïcode 客户',
  '---',
  '"quoted", with comma',
  'x'.repeat(150),
  "'; drop",
  '😀',
];

/** In hundred-millionths: large, small, and at the very half of each minor unit or one beside it. */
function anyCost(draw: Draw): bigint {
  const half = draw.pick([50_000_000n, 500_000n, 50_000n, 5_000n]);
  const size = draw.pick([
    BigInt(draw.int(0, 2_000_000_000)),
    BigInt(draw.int(0, 1_000_000)),
    half * BigInt(2 * draw.int(0, 50) + 1) + BigInt(draw.int(-1, 1)),
    BigInt(draw.int(0, 1_000_000_000)) * 100_000_000n * BigInt(draw.int(0, 10_000)) + half,
  ]);
  return draw.chance(25) ? -size : size;
}

type Line = readonly (string | null)[];
type Tables = Readonly<Record<string, readonly [readonly string[], readonly Line[]]>>;

/** One account for each customer: what belongs to whom is not in question here. */
function drawMonth(draw: Draw): { readonly costs: JournalCosts[]; readonly tables: Tables } {
  const charges: Line[] = [];
  const usage: Line[] = [];
  const known: Line[] = [];
  const costs: JournalCosts[] = [];
  const customers = draw.some(names, draw.int(1, names.length));
  customers.forEach((id, index) => {
    const account = `AC${index}`;
    const isKnown = draw.chance(75);
    const withoutCurrency = draw.chance(30) ? draw.int(1, 9) : 0;
    known.push([account, '2026-10-05', String(isKnown)]);
    const charge = (currency: string, service: string, unpriced: number, cost: bigint): void => {
      const day = `2026-10-0${draw.int(1, 9)}`;
      const family = service === 'calls' ? 'voice' : 'sms';
      charges.push([account, day, currency, family, service, `${unpriced + 1}`, `${unpriced}`, '1', amountText(cost)]);
    };
    if (withoutCurrency > 0) charge('', 'messages', withoutCurrency, 0n);
    for (const currency of draw.some(currencies, draw.int(1, 3))) {
      const sums = { calls: 0n, messages: 0n, other: 0n };
      let unpriced = 0;
      for (const service of ['calls', 'calls', 'messages'] as const) {
        if (draw.chance(20)) continue;
        const [missing, cost] = [draw.chance(30) ? draw.int(1, 5) : 0, anyCost(draw)];
        charge(currency, service, missing, cost);
        unpriced += missing;
        sums[service] += cost;
      }
      if (draw.chance(70)) {
        sums.other = anyCost(draw);
        usage.push([account, '2026-10-05', currency, amountText(sums.other), '0', '0', amountText(sums.other)]);
      }
      const other = isKnown ? sums.other : undefined;
      costs.push({ customer: { id, name: id }, currency, ...sums, other, unpriced, withoutCurrency });
    }
  });
  return {
    costs,
    tables: {
      accounts: [['sid', 'friendly_name', 'status'], customers.map((id, index) => [`AC${index}`, id, 'active'])],
      charge_families: [
        ['account_sid', 'day', 'currency', 'family', 'service', 'record_count', 'unpriced_count', 'units', 'cost'],
        charges.toReversed(),
      ],
      usage_days: [
        ['account_sid', 'day', 'currency', 'total_price_cost', 'calls_usage_cost', 'messages_usage_cost', 'other_cost'],
        usage,
      ],
      known_days: [['account_sid', 'day', 'usage_known'], known],
      journal_accounts: [['role', 'account'], everyJournalAccount([]).map(({ role, account }) => [role, account])],
    },
  };
}

const columnsOf = (names: readonly string[]) => names.map((name) => ({ name, type: '' }));

describe('the journal of random costs', () => {
  it.each(seeds)('balances and books each cost once: seed %i', async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), 'subledger-journal-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { costs, tables } = drawMonth(new Draw(seed));
    for (const [table, [header, lines]] of Object.entries(tables)) {
      writeFileSync(join(folder, `${table}.csv`), csvText(columnsOf(header), lines));
    }
    const run = (name: string) => runCase(house, queryNamed(house.queries, name), folder);
    const journal = await run('journal');
    const header = journal.columns.map(({ name }) => name);
    const rows = journal.rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ''])));
    expect(rows).toEqual(journalRows('2026-10', costs));

    // What is published balances, whatever the oracle says, and so say the checks that stop publication.
    const sums = new Map<string, bigint>();
    for (const { external_id, debit = '', credit = '' } of rows) {
      expect([debit, credit].filter((text) => text !== '')).toHaveLength(1);
      const units = (text: string): bigint => BigInt(text === '' ? '0' : text.replace('.', ''));
      sums.set(`${external_id}`, (sums.get(`${external_id}`) ?? 0n) + units(debit) - units(credit));
    }
    expect([...sums.values()].filter((sum) => sum !== 0n)).toEqual([]);
    expect(sums.size).toBeGreaterThan(0);
    writeFileSync(join(folder, 'report_journal.csv'), journal.text);
    writeFileSync(join(folder, 'report_customer_cost.csv'), (await run('customer_cost')).text);
    expect((await run('journal_balances')).rows).toEqual([]);
    expect((await run('journal_ties_to_customer_cost')).rows).toEqual([]);
  });
});

describe('an entry’s ids', () => {
  it('fit the accounting systems, and differ where customers do', async () => {
    const { rows } = await runCase(house, queryNamed(house.queries, 'journal'), everyNameFolder());
    const ids = new Map(rows.map(([id, number, , , , , , , customer]) => [`${customer}`, [`${id}`, `${number}`]]));
    expect([...ids.keys()].sort()).toEqual([...names].sort());
    for (const [id = '', number = ''] of ids.values()) {
      expect(id).toMatch(/^subledger-2026-10-USD-[a-z0-9-]{1,20}-[0-9a-f]{12}$/);
      expect(number).toMatch(/^SL2610USD-[0-9a-f]{11}$/);
      expect(id.length).toBeLessThanOrEqual(55);
      expect(number).toHaveLength(21);
    }
    const unlike = (at: number): number => new Set([...ids.values()].map((pair) => pair[at]?.toLowerCase())).size;
    expect([unlike(0), unlike(1)]).toEqual([names.length, names.length]);
  });

  function everyNameFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'subledger-journal-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const write = (table: string, header: readonly string[], lines: readonly Line[]): void =>
      writeFileSync(join(folder, `${table}.csv`), csvText(columnsOf(header), lines));
    write(
      'accounts',
      ['sid', 'friendly_name', 'status'],
      names.map((name, index) => [`AC${index}`, name, 'active']),
    );
    write(
      'charge_families',
      ['account_sid', 'day', 'currency', 'family', 'service', 'record_count', 'unpriced_count', 'units', 'cost'],
      names.map((_, index) => [`AC${index}`, '2026-10-01', 'USD', 'voice', 'calls', '1', '0', '1', '1']),
    );
    write(
      'journal_accounts',
      ['role', 'account'],
      [
        ['calls', 'a'],
        ['liability', 'b'],
      ],
    );
    return folder;
  }
});
