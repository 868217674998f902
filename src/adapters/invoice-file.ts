import { ConfigError } from '../domain/errors.js';
import { type InvoiceAmount, parseInvoice } from '../domain/invoice.js';
import type { Tolerance } from '../domain/tolerance.js';
import { readCsvFile } from './csv.js';
import type { Database } from './duckdb.js';

/** invoice.csv → its amounts. @throws ConfigError with every problem, each with the file and the line */
export async function readInvoice(path: string): Promise<readonly InvoiceAmount[]> {
  const { records, problems: csvProblems } = await readCsvFile(path);
  const problems = [...csvProblems];
  const amounts = problems.length > 0 ? [] : parseInvoice(records, problems);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${path}: ${problem}`));
  return amounts;
}

/** Gives the amounts to the ledger's queries. @throws ConfigError where one names a category that nobody knows */
export async function fillInvoice(ledger: Database, path: string, amounts: readonly InvoiceAmount[]): Promise<void> {
  await ledger.run('invoice_amounts', 'truncate invoice_amounts');
  if (amounts.length === 0) return;
  await ledger.run(
    'invoice_texts',
    'create or replace temp table invoice_texts (line varchar, m varchar, u varchar, c varchar, a varchar, r varchar)',
  );
  await ledger.append(
    'invoice_texts',
    amounts.map(({ line, month, currency, category, amount, rounding }) => [
      String(line),
      `${month}-01`,
      currency,
      category,
      amount,
      rounding,
    ]),
  );
  const strangers = await ledger.texts(
    'invoice_texts',
    `select line, c from invoice_texts
     where c not in (select category from usage_categories)
       and c not in (select family from usage_categories)
       and c not in (select category from usage_records)
     order by cast(line as integer)`,
  );
  if (strangers.length > 0) {
    throw new ConfigError(
      strangers.map(
        ([line, name]) => `${path}: line ${line}: "${name}" is neither total nor a usage category nor a family of them`,
      ),
    );
  }
  await ledger.run(
    'invoice_amounts',
    `insert into invoice_amounts
     select cast(m as date), u, c, cast(a as decimal(38, 8)), cast(r as decimal(38, 8)) from invoice_texts`,
  );
}

/** Gives the tolerances to the ledger's queries: none is zero. */
export async function fillTolerances(ledger: Database, tolerances: readonly Tolerance[]): Promise<void> {
  await ledger.run('tolerances', 'truncate tolerances');
  for (const { currency, amount } of tolerances) {
    await ledger.run('tolerances', `insert into tolerances values ('${currency}', ${amount})`);
  }
}
