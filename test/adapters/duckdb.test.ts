import { afterEach, expect, it } from 'vitest';
import { Database } from '../../src/adapters/duckdb.js';

const zone = process.env.TZ;
afterEach(() => {
  process.env.TZ = zone;
});

it('regression: every connection reads times in UTC, wherever the machine is', async () => {
  process.env.TZ = 'America/New_York';
  const first = await Database.open(':memory:', { memoryMb: 64, temporaryFolder: '' });
  const second = await first.connect();
  const sql = "select cast(cast('2026-10-01 01:00:00+01:00' as timestamptz) as timestamp)";
  try {
    for (const database of [first, second]) {
      expect(await database.texts('time', sql)).toEqual([['2026-10-01 00:00:00']]);
    }
  } finally {
    second.disconnect();
    first.close();
  }
});
