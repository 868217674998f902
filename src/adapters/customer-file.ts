import { type CustomerMapEntry, parseCustomerMap } from '../domain/customer-map.js';
import { readRows } from './csv.js';
import type { Database } from './duckdb.js';
import { fillInput } from './ledger.js';

/** customers.csv → its entries. @throws ConfigError with every problem, each with the file and the line */
export const readCustomerMap = (path: string): Promise<readonly CustomerMapEntry[]> =>
  readRows(path, (records, problems) => {
    const parsed = parseCustomerMap(records);
    if ('entries' in parsed) return parsed.entries;
    problems.push(...parsed.problems);
    return [];
  });

/** Gives the map to the ledger's queries; without entries every account's FriendlyName is its customer. */
export const fillCustomerMap = (ledger: Database, entries: readonly CustomerMapEntry[]): Promise<void> =>
  fillInput(
    ledger,
    'customer_map',
    entries.map((entry) => [
      entry.accountSid,
      entry.customerId,
      entry.customerName,
      entry.validFrom ?? null,
      entry.validTo ?? null,
    ]),
  );
