import { expect, it } from 'vitest';
import { openLedger } from '../../src/adapters/ledger.js';
import { loadQueries, seedFiles } from '../../src/adapters/query-files.js';
import { reportMemoryMb } from '../../src/domain/limits.js';
import { roomFor } from '../../src/domain/report-room.js';
import { addUp } from '../../src/stages/add-up.js';
import { compare } from '../../src/stages/reconcile.js';
import { temporaryFolder } from '../support/pipeline-run.js';

const accounts = 5000;
const days = 31;
const sid = "'AC' || md5(cast(a as varchar))";
const everyDay = `range(${accounts}) as t(a), range(${days}) as u(d)`;
const at = "timestamp '2026-10-01' + to_days(cast(d as integer)) + to_hours(cast(f as integer))";

/** Four families of records and six of usage for every account and day, no two of which agree: every row has a cause. */
const books: Readonly<Record<string, string>> = {
  accounts: `select a as ordinal, ${sid} as sid, 'AC' as owner_sid, 'Customer ' || a as friendly_name, 'active' as status, 1 as run_number,
    timestamp '2026-11-05' as observed_at from range(${accounts}) as t(a)`,
  calls: `select 1 as ordinal, 'CA' || a || '-' || d || '-' || f as sid, ${sid} as account_sid, 'inbound' as direction, 'completed' as status,
    case f when 0 then 'voice' else 'trunking' end as family, ${at} as charged_at, false as is_undated, 60 as duration_seconds,
    cast(0.01 as decimal(18, 8)) as cost, 'USD' as currency, 1 as run_number, timestamp '2026-11-01' as observed_at
    from ${everyDay}, range(2) as v(f)`,
  messages: `select 1 as ordinal, 'SM' || a || '-' || d || '-' || f as sid, ${sid} as account_sid, 'inbound' as direction,
    'delivered' as status, case f when 0 then 'sms' else 'mms' end as family, ${at} as charged_at, false as is_undated, 1 as segments,
    0 as media_count, case f when 0 then null else cast(0.01 as decimal(18, 8)) end as cost, case f when 0 then null else 'USD' end as currency,
    1 as run_number, timestamp '2026-11-01' as observed_at from ${everyDay}, range(2) as v(f)`,
  usage_records: `select 1 as ordinal, ${sid} as account_sid, date '2026-10-01' + cast(d as integer) as day, c as category,
    '2' as count_text, '2' as usage_text, 2 as usage_count, 2 as usage_units, cast(0.02 as decimal(18, 8)) as cost, 'USD' as currency,
    timestamp '2026-11-05' as as_of, 1 as run_number, timestamp '2026-11-01' as observed_at
    from ${everyDay}, (select unnest(['calls', 'calls-inbound', 'sms', 'sms-inbound', 'mms', 'trunking', 'phonenumbers', 'totalprice']) as c)`,
  tasks: `select 1 as run_number, a as task_number, ${sid} as account_sid, r as resource, timestamp '2026-10-01' as window_start,
    timestamp '2026-11-01' as window_end, timestamp '2026-11-20' as started_at, 'complete' as outcome, 1 as pages, 1 as record_count
    from range(${accounts}) as t(a), (select unnest(['calls', 'messages', 'usage_records']) as r)`,
  stale_days: `select date '2026-10-01' + cast(d as integer) as day from range(${days}) as u(d)`,
};

/** Adding up a month of 5,000 accounts at once ran out of memory, and so did comparing one of 2,000 with two threads. */
it('a month of thousands of accounts is added up and compared in the memory of reports', {
  timeout: 180_000,
}, async () => {
  const folder = await temporaryFolder();
  const queries = await loadQueries();
  let ledger = await openLedger(folder, queries, await seedFiles());
  await ledger.run('threads', 'set threads = 1');
  for (const [table, rows] of Object.entries(books)) {
    await ledger.run(table, `insert into ${table} by name ${rows}`);
  }
  // What the inserts hold of memory is not the product's.
  ledger.close();
  ledger = await openLedger(folder, queries, await seedFiles());
  try {
    await ledger.limitMemory(reportMemoryMb);
    const { periods } = await addUp({ sql: ledger, queries, onPeriod: () => undefined });
    expect(periods).toBe(16);
    const { memoryMb, threads } = roomFor(accounts, days, 1_000_000);
    await ledger.limitMemory(memoryMb);
    await ledger.run('threads', `set threads = ${threads}`);
    await compare({ sql: ledger, queries }, { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' });
    const sums = 'select count(*), sum(item_count), cast(sum(item_cost) as varchar) from reconciled_days';
    expect(await ledger.texts('sums', sums)).toEqual([
      [String(accounts * days * 6), String(accounts * days * 4), '4650.00000000'],
    ]);
  } finally {
    ledger.close();
  }
});
