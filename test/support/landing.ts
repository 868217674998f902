import { join } from 'node:path';
import { Database } from '../../src/adapters/duckdb.js';
import { filesBelow } from './published.js';

/** Every row of the landing files of one resource, as texts by column: what Twilio is known to have sent. */
export async function readLanding(
  dataFolder: string,
  resource: 'accounts' | 'calls' | 'messages' | 'usage_records',
): Promise<Record<string, string | null>[]> {
  const files = (await filesBelow(join(dataFolder, 'landing'))).filter((file) => file.endsWith(`-${resource}.parquet`));
  const rows: Record<string, string | null>[] = [];
  const database = await Database.open(':memory:', { memoryMb: 256, temporaryFolder: '' });
  try {
    for (const file of files) {
      const columns = await database.texts(file, `select column_name from (describe select * from '${file}')`);
      const names = columns.map(([name]) => name ?? '');
      const texts = names.map((name) => `cast("${name}" as varchar)`).join(', ');
      for (const row of await database.texts(file, `select ${texts} from '${file}'`)) {
        rows.push(Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
      }
    }
  } finally {
    database.close();
  }
  return rows;
}
