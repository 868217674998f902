import { ConfigError } from '../domain/errors.js';
import { type InvoiceAmount, parseInvoice } from '../domain/invoice.js';
import type { Tolerance } from '../domain/tolerance.js';
import { readRows } from './csv.js';
import type { Database } from './duckdb.js';
import { fillInput } from './ledger.js';

/** invoice.csv → its amounts. @throws ConfigError with every problem, each with the file and the line */
export const readInvoice = (path: string): Promise<readonly InvoiceAmount[]> => readRows(path, parseInvoice);

/** Gives the amounts to the ledger's queries. @throws ConfigError where one names a category that nobody knows */
export async function fillInvoice(ledger: Database, path: string, amounts: readonly InvoiceAmount[]): Promise<void> {
  const known = amounts.length === 0 ? new Set() : await knownCategories(ledger);
  const strangers = amounts.filter(({ category }) => !known.has(category));
  if (strangers.length > 0) {
    throw new ConfigError(
      strangers.map(
        ({ line, category }) =>
          `${path}: line ${line}: "${category}" is neither total nor a usage category nor a family of them`,
      ),
    );
  }
  await fillInput(
    ledger,
    'invoice_amounts',
    amounts.map(({ month, currency, category, amount, rounding }) => [
      `${month}-01`,
      currency,
      category,
      amount,
      rounding,
    ]),
  );
}

async function knownCategories(ledger: Database): Promise<ReadonlySet<string | null | undefined>> {
  const rows = await ledger.texts(
    'usage_categories',
    `select category from usage_categories union select family from usage_categories
     union select category from usage_records`,
  );
  return new Set(rows.map(([name]) => name));
}

/** Gives the tolerances to the ledger's queries: none is zero. */
export const fillTolerances = (ledger: Database, tolerances: readonly Tolerance[]): Promise<void> =>
  fillInput(
    ledger,
    'tolerances',
    tolerances.map(({ currency, amount }) => [currency, amount]),
  );
