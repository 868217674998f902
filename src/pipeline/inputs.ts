import { fillCustomerMap } from '../adapters/customer-file.js';
import type { Database } from '../adapters/duckdb.js';
import { fillInvoice, fillTolerances } from '../adapters/invoice-file.js';
import { fillJournalAccounts } from '../adapters/journal-accounts-file.js';
import { fillRates } from '../adapters/rates-file.js';
import type { Config } from '../config.js';

/** What people write beside Twilio's data: the customer map, the invoice, tolerances, names of accounts, rates. @throws ConfigError */
export async function fillInputs(ledger: Database, config: Config): Promise<void> {
  await fillCustomerMap(ledger, config.customerMap);
  await fillTolerances(ledger, config.tolerances);
  await fillInvoice(ledger, config.invoiceFile ?? '', config.invoice);
  await fillJournalAccounts(ledger, config.journalAccounts);
  await fillRates(ledger, config.rates);
}
