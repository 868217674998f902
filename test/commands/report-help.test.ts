import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQueries } from '../../src/adapters/query-files.js';
import { reportsOf } from '../../src/domain/query.js';
import { type CliResult, runCli } from '../support/cli.js';
import { suiteFolder } from '../support/pipeline-run.js';
import { filesBelow } from '../support/published.js';

const reports = reportsOf(await loadQueries());
const folder = suiteFolder();
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
let [catalogue, list, help] = [{}, {}, {}] as CliResult[];
beforeAll(async () => {
  [catalogue, list, help] = await Promise.all([
    run('report'),
    run('report', '--list', '--json'),
    run('report', '--help'),
  ]);
});
afterAll(async () => expect(await filesBelow(folder), 'nothing is written').toEqual([]));

describe('subledger report without a name', () => {
  it('is the catalogue: every report with its purpose, what is not published, and how to go on', () => {
    expect({ code: catalogue?.code, stderr: catalogue?.stderr }).toEqual({ code: 0, stderr: '' });
    const lines = catalogue?.stdout.split('\n') ?? [];
    for (const { name, purpose, published } of reports) {
      const line = lines.find((one) => one.startsWith(`${name} `));
      expect(line).toContain(`  ${purpose}`);
      expect(line?.endsWith('[on demand only]')).toBe(!published);
    }
    expect(lines.filter((line) => line !== '')).toHaveLength(reports.length + 1);
    expect(catalogue?.stdout).toContain('"subledger report NAME --help" tells its columns');
  });

  it('is the same as JSON', () => {
    expect(list?.code).toBe(0);
    const told = JSON.parse(list?.stdout ?? '') as { name: string; purpose: string; published: boolean }[];
    expect(told.map(({ name, purpose }) => ({ name, purpose }))).toEqual(
      reports.map(({ name, purpose }) => ({ name, purpose })),
    );
    expect(told.find(({ name }) => name === 'line_items')?.published).toBe(false);
    expect(told.find(({ name }) => name === 'customer_cost')?.published).toBe(true);
  });
});

describe('--help', () => {
  it('without a name has every option, and examples', () => {
    expect(help?.code).toBe(0);
    for (const flag of ['queries', 'sql', 'customer', 'account', 'currency', 'group-by', 'format', 'output', 'excel'])
      expect(help?.stdout).toContain(`  --${flag}`);
    expect(help?.stdout).toContain('$ subledger report customer_cost --help');
  });

  it('with a name tells what the report holds', async () => {
    const report = reports.find(({ name }) => name === 'customer_cost');
    const { code, stdout, stderr } = await run('report', 'customer_cost', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`\n${report?.purpose}\n`);
    expect(stdout).toContain('One row for each month, customer_id, currency;');
    for (const { name, type } of report?.columns ?? [])
      expect(stdout).toMatch(new RegExp(`^  ${name} +${type.replaceAll(/[()]/g, '\\$&')}`, 'm'));
  });

  it('with a name that is none says which there are', async () => {
    const { code, stdout, stderr } = await run('report', 'customer_costs', '--help');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `error: There is no report customer_costs. Reports: ${reports.map(({ name }) => name).join(', ')}.\n`,
    );
  });
});

describe('what is wrong on the command line', () => {
  it.each([
    [['report', 'customer_cost', '--sql', 'nowhere.sql'], 'error: The file nowhere.sql does not exist.'],
    [['report', 'customer_cost', '--month', '2026-10'], 'error: data holds no ledger yet'],
    [['report', 'customer_cost', '--month', '2026-1'], 'error: --month 2026-1 is not a month'],
  ])('is told before anything is made: %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
