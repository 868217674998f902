import { type CustomerMapEntry, parseCustomerMap } from '../domain/customer-map.js';
import { ConfigError } from '../domain/errors.js';
import { readCsvFile } from './csv.js';
import type { Database } from './duckdb.js';

/** customers.csv → its entries. @throws ConfigError with every problem, each with the file and the line */
export async function readCustomerMap(path: string): Promise<readonly CustomerMapEntry[]> {
  const { records, problems } = await readCsvFile(path);
  const parsed = parseCustomerMap(records);
  const all = [...problems, ...('problems' in parsed && problems.length === 0 ? parsed.problems : [])];
  if (all.length > 0 || 'problems' in parsed) throw new ConfigError(all.map((problem) => `${path}: ${problem}`));
  return parsed.entries;
}

/** Gives the map to the ledger's queries; without entries every account's FriendlyName is its customer. */
export async function fillCustomerMap(ledger: Database, entries: readonly CustomerMapEntry[]): Promise<void> {
  await ledger.run('customer_map', 'truncate customer_map');
  await ledger.run(
    'customer_map_texts',
    'create or replace temp table customer_map_texts (a varchar, i varchar, n varchar, f varchar, t varchar)',
  );
  await ledger.append(
    'customer_map_texts',
    entries.map((entry) => [
      entry.accountSid,
      entry.customerId,
      entry.customerName,
      entry.validFrom ?? null,
      entry.validTo ?? null,
    ]),
  );
  await ledger.run(
    'customer_map',
    'insert into customer_map select a, i, n, cast(f as date), cast(t as date) from customer_map_texts',
  );
}
