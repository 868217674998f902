import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/cli.js';
import { manifestOf } from '../support/manifest-lines.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { filesBelow, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

const world = { seed: 221, accounts: 6, records: 600, from: '2026-09-28', to: '2026-10-04' };

const folder = suiteFolder();
let simulator: SimulatorHandle;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, world));
});
afterAll(() => simulator.stop());

/** Without credentials: nothing is asked of Twilio. */
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
const month = ['--month', '2026-09'];

describe('subledger report', () => {
  it('writes a named report to stdout as it is published, and nothing else', async () => {
    const { code, stdout } = await run('report', 'customer_cost', ...month, '--quiet');
    expect(code).toBe(0);
    expect(stdout).toBe(await readFile(join(outputFolderOf(folder), '2026-09', 'customer_cost.csv'), 'utf8'));
  });

  it('takes any range of days, and amounts stay texts in JSON', async () => {
    const days = ['--from', '2026-09-30', '--to', '2026-10-02', '--json', '--quiet'];
    const { code, stdout } = await run('report', 'account_cost', ...days);
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const truth = await simulator.truth({ from: '2026-09-30', to: '2026-10-02' });
    for (const service of ['calls', 'messages'] as const) {
      for (const currency of new Set(truth.days.map((day) => day.currency ?? ''))) {
        const own = truth.days.filter((day) => day.service === service && (day.currency ?? '') === currency);
        const reported = rows.filter((row) => row.currency === currency);
        const cost = reported.reduce((sum, row) => sum + unitsOf(row[`${service}_cost`] ?? ''), 0n);
        expect(amountText(cost)).toBe(amountText(own.reduce((sum, day) => sum + unitsOf(day.cost), 0n)));
        const count = reported.reduce((sum, row) => sum + Number(row[`${service}_count`]), 0);
        expect(count).toBe(own.reduce((sum, day) => sum + day.count, 0));
      }
    }
  });

  it('books the journal on the accounts of a file, and tells the line where that is wrong', async () => {
    const journal = (...args: string[]) => run('report', 'journal', ...month, '--json', '--quiet', ...args);
    const linesOf = ({ stdout }: CliResult): Record<string, string>[] =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const byDefault = linesOf(await journal());
    expect(byDefault.map(({ account }) => account)).toContain('Accrued liability to Twilio');
    await writeFile(join(folder, 'accounts.csv'), 'role,account\nliability,=2100\ncalls,5010\n');
    const named = linesOf(await journal('--journal-accounts', 'accounts.csv'));
    const names: Record<string, string> = { 'Accrued liability to Twilio': '=2100', 'Cost of calls': '5010' };
    expect(named).toEqual(byDefault.map((line) => ({ ...line, account: names[`${line.account}`] ?? line.account })));
    await writeFile(join(folder, 'wrong.csv'), 'role,account\nvoice,5010\n');
    const { code, stderr } = await journal('--journal-accounts', 'wrong.csv');
    expect(code).toBe(2);
    expect(stderr).toContain('wrong.csv: line 2: role "voice" is none of calls, messages, other, liability');
  });

  it('lists what there is without touching the disk', async () => {
    const { code, stdout } = await run('report', '--list', '--json', '--data-dir', 'nowhere');
    expect(code).toBe(0);
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toContain('customer_cost');
    expect(names).toContain('price_times_duration');
    expect((await filesBelow(folder)).filter((path) => path.includes('nowhere'))).toEqual([]);
  });
});

describe('subledger status', () => {
  it('shows what the last runs received, landed, loaded and quarantined, by resource and currency', async () => {
    const landed = new Map<string, { rows: number; priced: number; sum: bigint }>();
    for (const line of await manifestOf(folder)) {
      if (line.kind !== 'landed') continue;
      const accounts = [{ currency: '', rows: line.rows, priced: 0, sum: '0.00000000' }];
      for (const { currency, rows, priced, sum } of line.resource === 'accounts' ? accounts : line.controls) {
        const key = `${line.run} ${line.resource} ${currency}`;
        const total = landed.get(key) ?? { rows: 0, priced: 0, sum: 0n };
        const added = { rows: total.rows + rows, priced: total.priced + priced, sum: total.sum + unitsOf(sum) };
        landed.set(key, added);
      }
    }
    expect(landed.size).toBeGreaterThan(4);
    const { control_totals: controls } = JSON.parse((await run('status', '--json')).stdout);
    expect(controls).toHaveLength(3 * landed.size);
    const text = (await run('status')).stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(text).toContain('run resource currency received landed loaded quarantined priced sum of prices');
    for (const [key, { rows, priced, sum }] of landed) {
      const [run_number, resource, currency] = key.split(' ');
      const figures = { row_count: `${rows}`, priced_count: `${priced}`, price_sum: amountText(sum) };
      for (const stage of ['received', 'landed', 'loaded'])
        expect(controls).toContainEqual({ run_number, resource, stage, currency, ...figures });
      const line = [run_number, resource, currency || '-', rows, rows, rows, 0, priced, amountText(sum)].join(' ');
      expect(text).toContain(line);
    }
  });
});

describe('status and report without the database', () => {
  it('make it anew from the landing', async () => {
    const forget = async (): Promise<void> => {
      for (const name of ['subledger.duckdb', 'snapshot.duckdb']) await rm(join(dataFolderOf(folder), name));
    };
    await forget();
    const status = await run('status', '--json');
    expect(status.code).toBe(0);
    const { accounts, runs } = JSON.parse(status.stdout);
    expect(runs).toHaveLength(1);
    const completeness = await readRows(join(outputFolderOf(folder), '2026-10', 'completeness.csv'));
    const sids = new Set(completeness.map((row) => row.account_sid));
    expect(accounts).toHaveLength(3 * sids.size);
    for (const account of accounts) {
      expect(account).toMatchObject({
        complete_from: '2026-09-28',
        complete_through: '2026-10-03',
        incomplete_days: '0',
      });
    }
    await forget();
    const report = await run('report', ...month);
    expect(report.code).toBe(0);
    expect(report.stdout).toMatch(/^2026-09: \d+ files in .*\(unchanged\)/m);
  });
});
