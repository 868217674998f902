import { parseRates, type Rate } from '../domain/rates.js';
import { readCsvFile, readRows } from './csv.js';
import type { Database } from './duckdb.js';
import { fillInput } from './ledger.js';
import { seedFiles } from './query-files.js';

/** rates.csv → its rates. @throws ConfigError with every problem, each with the file and the line */
export async function readRates(path: string): Promise<readonly Rate[]> {
  const currencies = await readCurrencies();
  return readRows(path, (records, problems) => {
    const parsed = parseRates(records, currencies);
    if ('rates' in parsed) return parsed.rates;
    problems.push(...parsed.problems);
    return [];
  });
}

/** The decimals of each currency's smallest coin, by its code; empty where it has none. */
async function readCurrencies(): Promise<ReadonlyMap<string, string>> {
  const { records } = await readCsvFile((await seedFiles()).get('currencies') ?? '');
  return new Map(records.slice(1).map(({ fields: [currency = '', minorUnit = ''] }) => [currency, minorUnit]));
}

/** Gives the rates to the ledger's queries; without any, nothing is charged. */
export const fillRates = (ledger: Database, rates: readonly Rate[]): Promise<void> =>
  fillInput(
    ledger,
    'rates',
    rates.map((rate) => [
      String(rate.line),
      rate.customerId,
      rate.service,
      rate.direction,
      rate.countryPrefix,
      rate.currency,
      rate.markupPercent ?? null,
      rate.pricePerUnit ?? null,
      rate.validFrom ?? null,
      rate.validTo ?? null,
    ]),
  );
