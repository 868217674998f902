import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';

describe('subledger demo', () => {
  it('runs the nightly job against a simulator of its own, and shows where the files are and the headline', async () => {
    const folder = await temporaryFolder();
    const flags = ['--seed', '3', '--accounts', '3', '--records', '300', '--quiet'];
    const { code, stdout, stderr } = await runCli(['demo', ...flags], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const headline = join('output', 'demo', '2026-10', 'customer_cost.csv');
    expect(stdout).toContain(headline);
    const lines = (await readFile(join(folder, headline), 'utf8')).split('\n');
    expect(stdout).toContain(lines.slice(0, 3).join('\n'));
    const rows = await readRows(join(folder, headline));
    expect(new Set(rows.map((row) => row.month))).toEqual(new Set(['2026-10-01']));
    expect(await readRows(join(folder, 'output', 'demo', '2026-09', 'customer_cost.csv'))).not.toEqual([]);
  });
});
