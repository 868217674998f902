import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/adapters/duckdb.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { reportMemoryMb } from '../../src/domain/limits.js';
import { pageQueries } from '../../src/domain/month-page/page-data.js';
import { monthWindow } from '../../src/domain/period.js';
import { queryNamed } from '../../src/domain/query.js';
import { monthPage } from '../../src/stages/month-page.js';
import { accessibilityBreaches, launchBrowser, withPage } from '../support/browser.js';
import { temporaryFolder } from '../support/pipeline-run.js';
import { makeInputs, openCaseDatabase } from '../support/query-case.js';

const house = { queries: await loadQueries(), seeds: await seedFiles() };

/** Empty tables of everything that the page's queries read, together. */
async function emptyReports(database: Database): Promise<Database> {
  const queries = Object.values(pageQueries).map((name) => queryNamed(house.queries, name));
  const [first] = queries;
  if (first === undefined) throw new Error('the page has queries');
  await makeInputs(
    database,
    house,
    { ...first, reads: [...new Set(queries.flatMap(({ reads }) => reads))] },
    undefined,
  );
  return database;
}

const facts = {
  period: monthWindow('2026-10'),
  mainAccount: 'AC0',
  reconciliation: { month: '2026-10', status: 'agrees', totals: [], customers: [], tieOut: [] },
  findings: [],
  files: [],
} as const;

const pageOf = (database: Database, changes: Partial<Parameters<typeof monthPage>[1]> = {}): Promise<string> =>
  monthPage(
    {
      sql: database,
      queries: house.queries,
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
    },
    { ...facts, ...changes },
  );

const customers = 5000;

/** As many customers, accounts and days as the brief of a large company has, with names as long as they may be. */
async function fillLarge(database: Database): Promise<void> {
  const name = `'<Customer "' || c || '"> & ' || repeat('ż', 400)`;
  const currency = `case c % 3 when 0 then 'USD' when 1 then 'EUR' else 'CU' || (c % 60) end`;
  const days = `range(date '2026-10-01', date '2026-11-01', interval 1 day) as d(day)`;
  const range = `range(1, ${customers + 1}) as n(c)`;
  await database.run(
    'customers',
    `insert into report_customer_cost by name
     select date '2026-10-01' as month, 'customer ' || c as customer_id, ${name} as customer_name, ${currency} as currency,
       1000000 as calls_count, 20000 as messages_count, c * 123456.78901234 as calls_cost, c * 0.00000001 as messages_cost,
       case when c % 7 > 0 then c * 1.5 end as other_cost, case when c % 7 > 0 then c * 123458.28901235 end as total_cost,
       c % 2 as unpriced_calls, 0 as unpriced_messages, 'pending' as reconciliation
     from ${range}`,
  );
  await database.run(
    'statement',
    `insert into report_customer_statement by name
     select 'customer ' || c as customer_id, cast(day as date) as day, 'AC' || c as account_sid, service, ${currency} as currency,
       case when service = 'other' and c % 7 = 0 then null else c * 1234.56789012 end as cost
     from ${range}, ${days}, (values ('calls'), ('messages'), ('other')) as s(service)`,
  );
  await database.run(
    'completeness',
    `insert into report_completeness by name
     select 'AC' || c as account_sid, '<account> & ' || c || repeat('ż', 50) as friendly_name, cast(day as date) as day, resource,
       ['complete', 'partial', 'refused', 'failed', 'missing', 'empty'][1 + (c + dayofmonth(day)) % 6] as status,
       1 as record_count, c % 2 as quarantined_count
     from ${range}, ${days}, (values ('calls'), ('messages'), ('usage_records')) as s(resource)`,
  );
  await database.run(
    'unpriced',
    `insert into report_unpriced by name
     select timestamp '2026-10-05 12:00:00' as charged_at, 'calls' as service, 'CA' || c as sid, 'customer ' || c as customer_id
     from ${range};
     insert into report_unpriced_exposure by name
     select 'calls' as service, ${currency} as currency, 1 as unpriced_count, 0.5 as estimated_cost from ${range}`,
  );
}

const findings = Array.from({ length: customers }, (_, index) => ({
  check: `check_${index % 40}`,
  severity: 'warn' as const,
  subject: `<i>${index}</i>${'x'.repeat(2000)}`,
  detail: 'y'.repeat(2000),
  meaning: 'Do this.',
}));

const amount = '123456789.12345678';
const row = {
  level: 'customer',
  subject: 'ż'.repeat(2000),
  currency: 'USD',
  itemised_cost: amount,
  usage_cost: amount,
};
const compared = {
  ...row,
  difference: amount,
  unexplained: amount,
  unconfirmed_cost: amount,
  unpriced_count: '7',
  status: 'differs',
};
const reconciliation = {
  month: '2026-10',
  status: 'differs' as const,
  totals: [compared],
  customers: Array.from({ length: customers }, () => compared),
  tieOut: Array.from({ length: 500 }, () => ({
    currency: 'USD',
    category: 'calls',
    accounts_cost: amount,
    status: 'differs',
  })),
};

describe('a month of 5,000 customers', () => {
  let html = '';
  beforeAll(async () => {
    // As the ledger is while it reports on so many account-days: a file, one thread, and the memory of reports.
    const folder = mkdtempSync(join(tmpdir(), 'subledger-page-'));
    const options = { memoryMb: reportMemoryMb, temporaryFolder: join(folder, 'temporary'), threads: 1 };
    const database = await emptyReports(await Database.open(join(folder, 'ledger.duckdb'), options));
    try {
      await fillLarge(database);
      html = await pageOf(database, { findings, reconciliation });
      // The same rows give the same bytes.
      expect(await pageOf(database, { findings, reconciliation })).toBe(html);
    } finally {
      database.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('is a page of less than 2 MB', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000);
    expect(Buffer.byteLength(html)).toBeGreaterThan(100_000);
  });

  it('says what is left out', () => {
    expect(html).toContain('4\u202F940 incomplete ones');
    expect(html).toMatch(/The 20 customers of 5000 that are not settled/);
    expect(html).toMatch(/The first 6 of 125/);
    expect(html).toMatch(/more currencies/);
  });

  it('is one that axe finds nothing wrong with, and does not scroll sideways on a phone', async () => {
    const file = join(await temporaryFolder(), 'report.html');
    await writeFile(file, html);
    const browser = await launchBrowser();
    try {
      const options = { viewport: { width: 360, height: 740 }, bypassCSP: true };
      await withPage(browser, pathToFileURL(file).href, options, async ({ page, complaints }) => {
        await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        expect(await accessibilityBreaches(page)).toEqual([]);
        expect(complaints).toEqual([]);
      });
    } finally {
      await browser.close();
    }
  });
});

describe('a month of which nothing is known', () => {
  it('says so of each part, and has no 0 where it is not known', async () => {
    const database = await emptyReports(await openCaseDatabase());
    try {
      const html = await pageOf(database, { reconciliation: { ...facts.reconciliation, status: 'unknown' } });
      const text = html.replace(/<style>.*<\/style>/s, '').replaceAll(/<[^>]+>/g, ' ');
      for (const said of [
        'No cost is known of this month.',
        'Nothing was used.',
        'Nothing of September 2026 was read: there is nothing to compare with.',
        'Every call and message has its price.',
        'No account was asked for.',
        'Nothing deserves a look.',
      ])
        expect(text).toContain(said);
      expect(text).not.toMatch(/0\.00/);
    } finally {
      database.close();
    }
  });
});

describe('what is not known', () => {
  it('is called so in the totals, the bars and the days, and what is known stands beside it', async () => {
    const database = await emptyReports(await openCaseDatabase());
    try {
      await database.run(
        'rows',
        `insert into report_customer_cost by name
         select 'a' as customer_id, 'A' as customer_name, 'USD' as currency, 1 as calls_count, 0 as messages_count,
           2.5 as calls_cost, 0 as messages_cost, 0 as unpriced_calls, 0 as unpriced_messages, 'unknown' as reconciliation;
         insert into report_customer_statement by name
         select 'a' as customer_id, date '2026-10-02' as day, 'AC1' as account_sid, 'calls' as service, 'USD' as currency, 2.5 as cost
         union all select 'a', date '2026-10-02', 'AC1', 'other', '', null;
         insert into report_completeness by name
         select 'AC1' as account_sid, 'A' as friendly_name, cast(day as date) as day, resource,
           case when resource = 'calls' and dayofmonth(day) < 4 then 'complete' else 'missing' end as status,
           0 as record_count, 0 as quarantined_count
         from range(date '2026-10-01', date '2026-11-01', interval 1 day) as d(day),
           (values ('calls'), ('messages'), ('usage_records')) as s(resource)`,
      );
      const html = await pageOf(database);
      const text = html.replaceAll(/<[^>]+>/g, '');
      expect(html).toContain('<p class="large">2.50</p>');
      expect(text).toContain('Total not known: other cost of 1 customer is not known whole.');
      expect(text).toContain('2.50 so far');
      // Calls of 1 to 3 October are known, of which one has a cost: one line of three points, and none for the rest.
      const calls =
        /<path class="line calls" d="(M[^"]*)"\/><path class="line messages" d=""\/><path class="line other" d=""\/>/.exec(
          html,
        );
      expect(calls?.[1]?.split('L')).toHaveLength(3);
    } finally {
      database.close();
    }
  });
});
