import { copyFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestLine, MonthClosed } from '../../src/domain/manifest.js';
import { type CliResult, environmentFor, runCli } from '../support/cli.js';
import { manifestOf } from '../support/manifest-lines.js';
import { configFor, dataFolderOf, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';

const world = { seed: 231, accounts: 4, records: 1200, from: '2026-09-20', to: '2026-10-04' };
/** From the first of the month, as a month can only be closed whole. */
const pulled = { from: '2026-09-01', to: world.to };

const folder = suiteFolder();
let simulator: SimulatorHandle;
let unpriced: number;
const ledgerBefore = join(folder, 'ledger-before.duckdb');
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  await runPipeline(configFor(simulator, folder, pulled));
  await copyFile(join(dataFolderOf(folder), 'subledger.duckdb'), ledgerBefore);
  unpriced = (await simulator.truth()).unpriced.filter(({ day }) => day < '2026-10-01').length;
});
afterAll(() => simulator.stop());

/** Without credentials: nothing is asked of Twilio. */
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
const closings = async (): Promise<ManifestLine[]> =>
  (await manifestOf(folder)).filter(({ kind }) => kind.startsWith('month_'));

describe('subledger close', () => {
  it('refuses with 4 and a line for each obstacle, as text and as JSON', async () => {
    expect(unpriced, 'some records are never priced').toBeGreaterThan(0);
    const told = await run('close', '2026-09', '--quiet');
    const [head = '', ...lines] = told.stderr.trim().split('\n');
    expect({ code: told.code, stdout: told.stdout }).toEqual({ code: 4, stdout: '' });
    expect(head).toBe(
      `error: 2026-09 is not closed: ${unpriced} pending. Run again until nothing is left, or close it all the same with --reason TEXT, which is kept.`,
    );
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^error: pending: AC\w{32}: \w+ without a price, 2026-/);
    const { code, stdout } = await run('close', '2026-09', '--json', '--quiet');
    const { error } = JSON.parse(stdout);
    expect(code).toBe(4);
    expect(error).toMatchObject({ name: 'MonthNotReadyError', exit_code: 4 });
    expect(error.problems).toEqual([head, ...lines].map((line) => line.replace('error: ', '')));
    expect(await closings()).toEqual([]);
  });

  it.each([
    ['a month that runs still', ['close', '2999-01', '--reason', 'x'], /2999-01 is not over.*from 2999-02-01 on/],
    ['a month that is not closed', ['close', '--reopen', '2026-09', '--reason', 'x'], /2026-09 is not closed\.$/],
  ])('refuses %s with 2', async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args, '--quiet');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).toMatch(message);
    expect(await closings()).toEqual([]);
  });

  it('without the rates that the published month was made with is refused, and the month stays as it is', async () => {
    const rates = join(folder, 'of-last-time.csv');
    const columns =
      'customer_id,service,direction,country_prefix,currency,markup_percent,price_per_unit,valid_from,valid_to';
    await writeFile(rates, `${columns}\n,,,,USD,20,,,\n`);
    await run('report', '--month', '2026-09', '--quiet', '--rates', rates);
    const before = await hashesOf(join(outputFolderOf(folder), '2026-09'));
    expect(Object.keys(before)).toContain('customer_invoice_lines.csv');
    const { code, stderr } = await run('close', '2026-09', '--reason', 'x', '--quiet');
    expect({ code, stderr: stderr.trim() }).toEqual({
      code: 2,
      stderr:
        'error: 2026-09 was published with customer_invoice_lines.csv, and would be closed without it, for want of rates: give them with --rates <file> or SUBLEDGER_RATES, or in rates.csv of this folder; or publish the month without them first (subledger report --month 2026-09).',
    });
    expect(await closings()).toEqual([]);
    expect(await hashesOf(join(outputFolderOf(folder), '2026-09'))).toEqual(before);
    await run('report', '--month', '2026-09', '--quiet');
    expect(Object.keys(await hashesOf(join(outputFolderOf(folder), '2026-09')))).not.toContain(
      'customer_invoice_lines.csv',
    );
  });

  it('closes with a reason; run, report and status say so, and a second time is refused', async () => {
    const { code, stdout, stderr } = await run('close', '2026-09', '--reason', ' ticket 4711 ', '--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [line] = (await closings()) as (ManifestLine & MonthClosed)[];
    expect(line).toMatchObject({ month: '2026-09', reason: 'ticket 4711', obstacles: { pending: unpriced } });
    expect(stdout).toMatch(new RegExp(`^2026-09 is closed: ${line?.files.length} files.*${line?.sha256}`));
    expect(stdout).toContain(`in spite of ${unpriced} pending`);

    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status.closed_months).toEqual([
      {
        ...{ month: '2026-09', closed_at: line?.at, reason: 'ticket 4711', obstacles: { pending: unpriced } },
        ...{ folder: 'closed/2026-09/1', sha256: line?.sha256 },
      },
    ]);
    expect((await run('status')).stdout).toContain(`2026-09 closed ${line?.at}, ${unpriced} pending: "ticket 4711"`);

    await writeFile(join(outputFolderOf(folder), '2026-09', 'customer_cost.csv'), 'edited');
    const report = await run('report', '--month', '2026-09', '--quiet');
    expect(report.stdout).toMatch(/^2026-09: closed, \d+ files in .* \(restored\)\./);
    const again = await run('close', '2026-09', '--reason', 'x', '--quiet');
    expect({ code: again.code, stderr: again.stderr.trim() }).toEqual({
      code: 2,
      stderr: `error: 2026-09 is closed already, since ${line?.at}. To close it anew: subledger close --reopen 2026-09 --reason TEXT`,
    });
  });

  it('is known from the manifest where the program was killed before the ledger knew', async () => {
    await rename(ledgerBefore, join(dataFolderOf(folder), 'subledger.duckdb'));
    const range = ['--from', pulled.from, '--to', pulled.to];
    const dry = await runCli(['run', ...range, '--dry-run', '--json', '--quiet'], {
      cwd: folder,
      env: environmentFor(simulator),
    });
    expect({ code: dry.code, stderr: dry.stderr }).toEqual({ code: 0, stderr: '' });
    expect(dry.stdout, 'nothing that was landed is missing').not.toContain('landed and not loaded');
    const report = await run('report', '--month', '2026-09', '--quiet');
    expect(report.stdout).toMatch(/^2026-09: closed, \d+ files in .* \(unchanged\)\./);
  });

  it('exits with 6 where a kept file was changed', async () => {
    const kept = join(dataFolderOf(folder), 'closed/2026-09/1/unpriced.csv');
    const before = await hashesOf(outputFolderOf(folder));
    await writeFile(kept, 'edited', { flag: 'a' });
    const { code, stderr } = await run('report', '--month', '2026-09', '--quiet');
    expect(code).toBe(6);
    expect(stderr).toMatch(/^error: .*unpriced\.csv was changed since the month was closed: restore it from a backup/);
    expect(await hashesOf(outputFolderOf(folder))).toEqual(before);
  });

  it('reopens with a reason, as JSON', async () => {
    const { code, stdout } = await run('close', '--reopen', '2026-09', '--reason', 'try again', '--json', '--quiet');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ month: '2026-09', reason: 'try again', exit_code: 0 },
      months: [{ month: '2026-09', closed: false, changed: false }],
    });
    expect((await closings()).map(({ kind }) => kind)).toEqual(['month_closed', 'month_reopened']);
  });
});
