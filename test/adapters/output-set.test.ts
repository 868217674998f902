import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputSet } from '../../src/adapters/output-set.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subledger-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function publish(text: string): Promise<boolean> {
  const set = await OutputSet.begin(folder, '2026-10');
  await set.write(
    'a.csv',
    (async function* () {
      yield text;
    })(),
  );
  return set.publish();
}

describe('a month that stands already', () => {
  it('is left as it is where no byte differs, and replaced where one does', async () => {
    expect([await publish('id\n1\n'), await publish('id\n1\n'), await publish('id\n2\n')]).toEqual([true, false, true]);
  });

  it('damaged_byte_taken_for_the_same_text: bytes that are no UTF-8 differ from the character that stands for them', async () => {
    const path = join(folder, '2026-10', 'a.csv');
    await publish('id\n\u{fffd}\n');
    await writeFile(path, Buffer.concat([Buffer.from('id\n'), Buffer.from([0xff]), Buffer.from('\n')]));
    expect(await publish('id\n\u{fffd}\n')).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('id\n\u{fffd}\n');
  });
});
