import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManifestFile } from '../../src/adapters/manifest-file.js';
import type { ManifestEntry, ManifestLine } from '../../src/domain/manifest.js';

const entry = (run: number): ManifestEntry => ({ kind: 'not_pulled', run, at: '2026-10-01T00:00:00Z', tasks: [] });

async function written(runs: number): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'subledger-')), 'manifest.jsonl');
  const manifest = await ManifestFile.open(path, () => undefined);
  for (let run = 1; run <= runs; run += 1) await manifest.append(entry(run));
  return path;
}

async function read(path: string): Promise<ManifestLine[]> {
  const lines: ManifestLine[] = [];
  await ManifestFile.open(path, (line) => lines.push(line));
  return lines;
}

describe('manifest.jsonl', () => {
  it('goes on where it ended, each line chained to the one before', async () => {
    const path = await written(2);
    const again = await ManifestFile.open(path, () => undefined);
    expect(again.nextSequence).toBe(3);
    await again.append(entry(3));
    expect((await read(path)).map((line) => [line.sequence, 'run' in line && line.run])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('cuts off an append that a crash left half, and nothing else', async () => {
    const path = await written(2);
    const sound = readFileSync(path, 'utf8');
    appendFileSync(path, '{"sequence":3,"prev');
    expect(await read(path)).toHaveLength(2);
    expect(readFileSync(path, 'utf8')).toBe(sound);
  });

  it.each<[string, (lines: string[]) => string[], number]>([
    ['a changed line', ([a, b, c]) => [a ?? '', (b ?? '').replace('"run":2', '"run":9'), c ?? ''], 3],
    ['a removed line', ([a, , c]) => [a ?? '', c ?? ''], 2],
    ['lines in another order', ([a, b, c]) => [a ?? '', c ?? '', b ?? ''], 2],
    ['a line that is not JSON', ([a, , c]) => [a ?? '', 'x', c ?? ''], 2],
  ])('%s is found and named', async (_, change, line) => {
    const path = await written(3);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeFileSync(path, `${change(lines).join('\n')}\n`);
    await expect(read(path)).rejects.toThrow(`manifest.jsonl, line ${line}:`);
  });
});
