import type { Command } from 'commander';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** The days, as every command takes them. */
export const addRange = (command: Command): Command =>
  command
    .option('--from <day>', 'first UTC day, YYYY-MM-DD')
    .option('--to <day>', 'UTC day after the last, YYYY-MM-DD')
    .option('--month <month>', 'a whole UTC month, YYYY-MM (default: the previous month and this one, to yesterday)');

/** Where things lie and how they are told. */
export const addCommon = (command: Command): Command =>
  command
    .option('--data-dir <folder>', 'landing, manifest and ledger (SUBLEDGER_DATA_DIR, default data)')
    .option('--output-dir <folder>', 'published files (SUBLEDGER_OUTPUT_DIR, default output)')
    .option('--config <file>', 'settings as JSON, names as in the environment (default subledger.json where it exists)')
    .option('--json', 'the result as JSON on stdout')
    .option('--quiet', 'no progress on stderr');

/** What decides which records are pulled, and how. */
export const addPull = (command: Command): Command =>
  command
    .option('--dry-run', 'say what would be pulled, why, and how long it would take; nothing on disk is changed')
    .option('--credentials <file>', "accounts' own credentials, as CSV (SUBLEDGER_CREDENTIALS)")
    .option('--account <sid>', 'only this account (repeatable)', collect)
    .option('--concurrency <n>', 'requests in flight over all accounts, at most (SUBLEDGER_CONCURRENCY, default 20)')
    .option('--account-concurrency <n>', 'requests in flight for one account (default: as --concurrency)')
    .option(
      '--head-room <percent>',
      "share of Twilio's ceiling left to your own traffic (SUBLEDGER_HEAD_ROOM, default 10)",
    )
    .option('--look-back <days>', 'days are pulled again until they are this old (default 7)')
    .option(
      '--undated-pages <n>',
      'pages of each list read in search of records without a date, 0 for none (default 10)',
    );

/** What records and usage are compared with, and how strictly. */
export const addReconciliation = (command: Command): Command =>
  addCustomers(command)
    .option(
      '--tolerance <currency=amount>',
      'what may stay unexplained in a month, as USD=0.05 (repeatable; SUBLEDGER_TOLERANCE, default nothing)',
      collect,
    )
    .option('--invoice <file>', "amounts of Twilio's invoice (SUBLEDGER_INVOICE, default invoice.csv where it exists)")
    .option('--rates <file>', 'what customers are charged (SUBLEDGER_RATES, default rates.csv where it exists)')
    .option(
      '--journal-accounts <file>',
      "names of the journal's accounts (SUBLEDGER_JOURNAL_ACCOUNTS, default journal_accounts.csv where it exists)",
    );

/** Which reports, of what, and as what. */
export const addReport = (command: Command): Command =>
  command
    .option('--list', 'the reports, with their purpose')
    .option('--queries <folder>', 'reports of your own, *.sql with a header (SUBLEDGER_QUERIES)')
    .option('--sql <file>', 'a SELECT of your own over the ledger, - for stdin; it reaches nothing else')
    .option('--customer <id>', 'only this customer (repeatable)', collect)
    .option('--account <sid>', 'only this account (repeatable)', collect)
    .option('--currency <code>', 'only this currency (repeatable)', collect)
    .option('--group-by <period>', 'the report for each day or month of the range by itself')
    .option('--format <format>', 'csv, json, ndjson, parquet, xlsx or md (default: by the name of --output, else csv)')
    .option('--output <file>', 'a file, or a folder for several reports (default: stdout)')
    .option('--excel', 'CSV as Excel opens it by a double click: byte order mark, CRLF');

const addCustomers = (command: Command): Command =>
  command.option('--customers <file>', 'customer map (SUBLEDGER_CUSTOMERS, default customers.csv where it exists)');
