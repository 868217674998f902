import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepSet } from '../../src/adapters/closed-sets.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { hashesOf } from '../support/published.js';

describe('keeping a published set', () => {
  it('replaces what a closing left that crashed, and hashes what sha256sum prints of its files', async () => {
    const folder = await temporaryFolder();
    const [published, kept] = [join(folder, 'output', '2026-10'), join(folder, 'closed', '2026-10', '1')];
    await mkdir(join(published, 'customers'), { recursive: true });
    const texts = { 'b.csv': 'b\n', 'customers/a-1.csv': 'ä\n', 'run.json': '{}\n' };
    for (const [file, text] of Object.entries(texts)) await writeFile(join(published, file), text);
    for (const left of [kept, `${kept}.part`]) {
      await mkdir(left, { recursive: true });
      await writeFile(join(left, 'stray.csv'), 'of a closing that crashed');
    }

    const { sha256, files } = await keepSet(published, kept);
    const printed = execFileSync('sha256sum', Object.keys(texts), { cwd: published });
    expect(sha256).toBe(createHash('sha256').update(printed).digest('hex'));
    expect(files.map(({ file, bytes }) => [file, bytes])).toEqual([
      ['b.csv', 2],
      ['customers/a-1.csv', 3],
      ['run.json', 3],
    ]);
    expect(await hashesOf(join(folder, 'closed'))).toEqual(
      Object.fromEntries(files.map((one) => [`2026-10/1/${one.file}`, one.sha256])),
    );
  });
});
