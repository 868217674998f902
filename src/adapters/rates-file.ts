import { ConfigError } from '../domain/errors.js';
import { parseRates, type Rate } from '../domain/rates.js';
import { readCsvFile } from './csv.js';
import type { Database } from './duckdb.js';
import { seedFiles } from './query-files.js';

/** rates.csv → its rates. @throws ConfigError with every problem, each with the file and the line */
export async function readRates(path: string): Promise<readonly Rate[]> {
  const { records, problems } = await readCsvFile(path);
  const parsed = parseRates(records, await readCurrencies());
  const all = [...problems, ...('problems' in parsed && problems.length === 0 ? parsed.problems : [])];
  if (all.length > 0 || 'problems' in parsed) throw new ConfigError(all.map((problem) => `${path}: ${problem}`));
  return parsed.rates;
}

/** The decimals of each currency's smallest coin, by its code; empty where it has none. */
async function readCurrencies(): Promise<ReadonlyMap<string, string>> {
  const { records } = await readCsvFile((await seedFiles()).get('currencies') ?? '');
  return new Map(records.slice(1).map(({ fields: [currency = '', minorUnit = ''] }) => [currency, minorUnit]));
}

/** Gives the rates to the ledger's queries; without any, nothing is charged. */
export async function fillRates(ledger: Database, rates: readonly Rate[]): Promise<void> {
  await ledger.run('rates', 'truncate rates');
  if (rates.length === 0) return;
  await ledger.run(
    'rate_texts',
    `create or replace temp table rate_texts
       (l varchar, i varchar, s varchar, d varchar, c varchar, u varchar, m varchar, p varchar, f varchar, t varchar)`,
  );
  await ledger.append(
    'rate_texts',
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
  await ledger.run(
    'rates',
    `insert into rates
     select cast(l as bigint), i, s, d, c, u, cast(m as decimal(10, 4)), cast(p as decimal(18, 8)),
       cast(f as date), cast(t as date)
     from rate_texts`,
  );
}
