import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Discrepancy } from '../../src/simulator/causes.js';
import { type CliResult, environmentFor, runCli } from '../support/cli.js';
import { configFor, outputFolderOf, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { filesBelow, readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere, type Truth } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

const world = {
  ...{ seed: 241, accounts: 6, records: 1500, from: '2026-09-01', to: '2026-10-01' },
  profiles: ['plain'] as const,
};

const folder = suiteFolder();
let simulator: SimulatorHandle;
let unexplained: Discrepancy[];
let truth: Truth;
beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  unexplained = await simulator.injectDiscrepancies({ seed: 2, causes: ['unexplained'], each: 3 });
  truth = await simulator.truth();
  await runPipeline(configFor(simulator, folder, world));
});
afterAll(() => simulator.stop());

/** Without credentials: nothing is asked of Twilio. */
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
const reconcile = (...args: string[]): Promise<CliResult> => run('reconcile', '--month', '2026-09', '--quiet', ...args);

/** What is unexplained in a currency, whatever its sign. */
const unexplainedIn = (currency: string): bigint =>
  unexplained
    .filter((one) => one.currency === currency)
    .map(({ amount }) => unitsOf(amount))
    .reduce((sum, units) => sum + (units < 0n ? -units : units), 0n);
const currencies = (): string[] => [...new Set(unexplained.map(({ currency }) => currency))].sort();
const tolerances = (less: bigint): string[] =>
  currencies().flatMap((currency) => ['--tolerance', `${currency}=${amountText(unexplainedIn(currency) - less)}`]);

interface Json {
  exit_code: number;
  months: {
    month: string;
    reconciliation: string;
    compared: Record<string, string>[];
    findings: { check: string }[];
  }[];
}
const json = async (...args: string[]): Promise<{ code: number | null; value: Json }> => {
  const { code, stdout } = await reconcile('--json', ...args);
  return { code, value: JSON.parse(stdout) as Json };
};

describe('subledger reconcile', () => {
  it('ends with 3 where something is unexplained, names it, and writes no file', async () => {
    const before = await filesBelow(outputFolderOf(folder));
    const { code, stdout } = await reconcile();
    expect(code).toBe(3);
    expect(stdout.split('\n')[0]).toBe('2026-09: UNRECONCILED');
    for (const account of new Set(unexplained.map((one) => one.account_sid))) {
      const own = unexplained.filter((one) => one.account_sid === account);
      const sum = own.reduce((total, { amount }) => total + unitsOf(amount), 0n);
      const [currency = ''] = own.map((one) => one.currency);
      expect(stdout).toContain(
        `unexplained: ${account}: usage less records ${amountText(sum)} ${currency}: no known cause, on `,
      );
      for (const day of [own.map((one) => one.day).sort()[0] ?? '']) expect(stdout).toContain(day);
    }
    expect(await filesBelow(outputFolderOf(folder))).toEqual(before);
  });

  it('does not say that a month agrees of which nothing was ever pulled', async () => {
    const { code, stdout } = await run('reconcile', '--month', '2026-07', '--quiet');
    expect([code, stdout.split('\n')[0]]).toEqual([0, '2026-07: reconciliation unknown: something could not be read']);
  });

  it('says the same as JSON, amounts as texts', async () => {
    const { code, value } = await json();
    expect([code, value.exit_code]).toEqual([3, 3]);
    expect(value.months.map(({ month, reconciliation }) => [month, reconciliation])).toEqual([['2026-09', 'differs']]);
    for (const currency of currencies()) {
      const row = value.months[0]?.compared.find((one) => one.currency === currency);
      const sum = unexplained
        .filter((one) => one.currency === currency)
        .reduce((total, { amount }) => total + unitsOf(amount), 0n);
      expect([row?.unexplained, row?.difference]).toEqual([amountText(sum), amountText(sum)]);
    }
  });

  it('ends with 0 within the tolerance, and with 3 a hundred-millionth beyond it', async () => {
    const within = await json(...tolerances(0n));
    expect([within.code, within.value.months[0]?.reconciliation]).toEqual([0, 'explained']);
    // What is allowed for is told all the same.
    expect(within.value.months[0]?.findings.map(({ check }) => check)).toContain('unexplained');
    expect((await json(...tolerances(1n))).code).toBe(3);
  });

  it('takes the tolerances of the environment too, and flags before them', async () => {
    const setting = currencies()
      .map((currency) => `${currency}=${amountText(unexplainedIn(currency))}`)
      .join();
    const env = { SUBLEDGER_TOLERANCE: setting };
    const month = ['--month', '2026-09', '--quiet'];
    expect((await runCli(['reconcile', ...month], { cwd: folder, env })).code).toBe(0);
    expect((await runCli(['reconcile', ...month, '--tolerance', 'XAF=1'], { cwd: folder, env })).code).toBe(3);
    const broken = await runCli(['reconcile', ...month, '--tolerance', 'five cents'], { cwd: folder });
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('error: --tolerance five cents is not a currency and an amount, as in USD=0.05.');
  });

  it('publishes a month headed UNRECONCILED', async () => {
    const month = join(outputFolderOf(folder), '2026-09');
    expect((await readFile(join(month, 'reconciliation.md'), 'utf8')).split('\n')[0]).toBe('# 2026-09: UNRECONCILED');
    expect(JSON.parse(await readFile(join(month, 'run.json'), 'utf8'))).toMatchObject({
      reconciliation: 'differs',
      unreconciled: true,
    });
    const customers = await readRows(join(month, 'customer_cost.csv'));
    const touched = new Set(
      unexplained.map(
        ({ account_sid }) => truth.accounts.find((one) => one.account_sid === account_sid)?.friendly_name,
      ),
    );
    for (const { customer_id: id, currency, reconciliation } of customers) {
      const differs = touched.has(id) && currencies().includes(currency ?? '');
      expect([id, reconciliation]).toEqual([id, differs ? 'differs' : 'agrees']);
    }
  });

  it('needs a data folder that a run has begun to fill', async () => {
    const { code, stderr } = await run('reconcile', '--data-dir', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere holds no ledger yet');
  });
});

describe('an invoice', () => {
  const path = join(folder, 'typed.csv');
  const write = (...lines: string[]): Promise<void> =>
    writeFile(path, ['month,currency,category,amount', ...lines, ''].join('\n'));
  const usageOf = (currency: string, category: string): bigint =>
    truth.usage
      .filter((one) => one.currency === currency && one.category === category)
      .reduce((sum, { price }) => sum + unitsOf(price), 0n);
  /** Rounded half up to cents, as an invoice is. */
  const cents = (units: bigint): bigint => (units + 500_000n) / 1_000_000n;
  const plain = (amount: bigint): string => `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;

  it('that is rounded to cents agrees; one that is a cent off ends with 3 and a finding', async () => {
    const currency = currencies()[0] ?? '';
    const total = cents(usageOf(currency, 'totalprice'));
    const calls = cents(usageOf(currency, 'calls'));
    await write(`2026-09,${currency},total,${plain(total)}`, `2026-09,${currency},calls,${plain(calls)}`);
    const right = await reconcile('--invoice', path, ...tolerances(0n));
    // The tolerance would let a difference pass that is as large: the cent below is larger.
    expect(unexplainedIn(currency), 'choose a seed with smaller amounts').toBeGreaterThan(0n);
    expect(right.code).toBe(0);
    expect(right.stdout).toContain(`invoice ${plain(total)}: agrees`);
    const off = total + 1_000n;
    await write(`2026-09,${currency},total,${plain(off)}`);
    const wrong = await reconcile('--invoice', path, ...tolerances(0n));
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toContain(`invoice ${plain(off)}: differs`);
    expect(wrong.stdout).toMatch(new RegExp(`tie_out_differs: 2026-09 ${currency} totalprice: invoice`));
  });

  it('that names what nobody knows is refused with its line, before anything is compared', async () => {
    await write('2026-09,USD,total,1.00', '2026-09,USD,moonbeams,2.00');
    const { code, stderr, stdout } = await reconcile('--invoice', path);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      `error: ${path}: line 3: "moonbeams" is neither total nor a usage category nor a family of them`,
    );
  });

  it('that does not exist, or is no such file, is refused', async () => {
    expect((await reconcile('--invoice', 'none.csv')).stderr).toContain('error: The invoice none.csv does not exist.');
    await writeFile(path, 'total,1.00\n');
    const { code, stderr } = await reconcile('--invoice', path);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${path}: line 1: the columns must be month,currency,category,amount`);
  });
});

describe('a run', () => {
  it('ends with 3 where something is unexplained, even if something else could not be pulled', async () => {
    await simulator.setFaults([{ match: { path: '/Messages' }, action: { status: 403 } }]);
    const days = ['--from', world.from, '--to', world.to, '--look-back', '400', '--quiet'];
    const { code, stdout } = await runCli(['run', ...days], { cwd: folder, env: environmentFor(simulator) });
    await simulator.setFaults([]);
    expect(stdout).toContain('refused: messages of');
    expect(stdout).toContain('2026-09: UNRECONCILED');
    expect(code).toBe(3);
  });
});
