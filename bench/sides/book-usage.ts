import { day, dayCount, firstDay, money, type Step, sid } from './book-records.js';

/** Usage Records that agree with the records but for planted differences, the accounts, and the tasks that read all of it. */

/** The newest call of each account-day that was drawn: it vanished, or its price was changed. */
const vanishedAndChanged: readonly Step[] = [
  [
    'bench_touched',
    `create temp table bench_touched as
     select x.a, x.d, x.kind, max_by(c.sid, c.ordinal) as sid, max(c.ordinal) as ordinal
     from bench_differences as x
     join calls as c on c.account_sid = x.account_sid and cast(c.charged_at as date) = date '${firstDay}' + x.d
     where x.kind in ('vanished', 'changed') and c.cost > 0 and c.family = 'voice' and c.direction = 'outbound-api'
     group by all`,
  ],
  [
    'vanished_records',
    `insert into vanished_records by name
     select 'calls' as service, sid, account_sid, charged_at, 40 as run_number, observed_at as last_seen_at
     from calls where sid in (select sid from bench_touched where kind = 'vanished')`,
  ],
  [
    'price_history',
    `insert into price_history by name
     select 'calls' as service, sid, account_sid, family, charged_at, cast(cost + 0.005 as decimal(18, 8)) as previous_cost,
       currency as previous_currency, cost, currency, run_number, observed_at, ordinal
     from calls where sid in (select sid from bench_touched where kind = 'changed')`,
  ],
];

/** By how much usage departs from the records: count, units and cost of a leaf. */
const departures: Step = [
  'bench_departures',
  `insert into bench_leaves
   select a, d, 'calls-outbound', 0, 0, 0.01 from bench_differences where kind = 'unexplained'
   union all select a, d, 'calls-outbound', 1, 1, 0.0085 from bench_differences where kind = 'records_missing'
   union all select a, d, 'calls-outbound', -1, -((c.duration_seconds + 59) // 60), -c.cost
   from bench_touched as t join calls as c on c.sid = t.sid where t.kind = 'vanished'
   union all select a, d, 'calls-outbound', 0, 0, 0.005 from bench_touched where kind = 'changed'
   union all select a, d, 'sms-outbound-longcode', -1, -1, -0.0075 from bench_differences where kind = 'day_attribution'
   union all select a, d + 1, 'sms-outbound-longcode', 1, 1, 0.0075 from bench_differences where kind = 'day_attribution'
   union all select a, d, 'calls-outbound', 0, 1, 0.0085 from bench_differences where kind = 'minute_rounding'
   union all select a, d, 'sms-outbound-longcode', -1, -1, -0.0075 from bench_differences where kind = 'surplus'`,
];

/** Usage Records of every account and day: leaves, what contains them, the total, and zeros for everything else. */
export const usageSteps = (): readonly Step[] => [
  ...vanishedAndChanged,
  departures,
  [
    'bench_standing',
    `insert into bench_leaves
     select a, d, 'phonenumbers-local', 1 + a % 5, 1 + a % 5, (1 + a % 5) * 0.04 from bench_days
     union all select a, d, 'calls-recordings', 1 + calls // 10, 1 + calls // 10, ${money('(1 + calls // 10) * 250')} from bench_days`,
  ],
  [
    'bench_usage',
    `create temp table bench_usage as
     with leaves as (
       select a, d, category, sum(usage_count) as usage_count, sum(usage_units) as usage_units, sum(cost) as cost
       from bench_leaves group by all
     ),
     together as (
       select * from leaves
       union all select l.a, l.d, c.ancestor, l.usage_count, l.usage_units, l.cost
       from leaves as l join category_ancestors as c on c.category = l.category
       union all select a, d, 'totalprice', null, null, cost from leaves
       union all select a, d, 'calls', 0, 0, 0.003 from bench_differences where kind = 'remainder'
       union all select a, d, 'totalprice', null, null, case when kind = 'remainder' then 0.003 else 0.02 end
       from bench_differences where kind in ('remainder', 'uncategorised')
     )
     select a, d, category, sum(usage_count) as usage_count, sum(usage_units) as usage_units, sum(cost) as cost
     from together group by all`,
  ],
  ...Array.from({ length: dayCount }, (_, d) => usageOf(d)),
  ['consolidated_usage_records', consolidated],
  ['drop', 'drop table bench_leaves; drop table bench_usage'],
];

const usageOf = (d: number): Step => [
  'usage_records',
  `insert into usage_records by name
   select row_number() over () + ${d} * 10000000 as ordinal, b.account_sid, date '${firstDay}' + ${d} as day, k.category,
     case when k.category <> 'totalprice' then cast(coalesce(u.usage_count, 0) as varchar) end as count_text, 'units' as count_unit,
     cast(coalesce(u.usage_units, 0) as varchar) as usage_text, 'units' as usage_unit,
     case when k.category <> 'totalprice' then cast(coalesce(u.usage_count, 0) as bigint) end as usage_count,
     cast(coalesce(u.usage_units, 0) as bigint) as usage_units, cast(coalesce(u.cost, 0) as decimal(18, 8)) as cost, b.currency,
     timestamp '2026-11-05 00:00:00' as as_of, 1 + ${d} as run_number, date '${firstDay}' + ${d} + 1 as observed_at
   from bench_days as b
   cross join bench_categories as k
   left join bench_usage as u on u.a = b.a and u.d = b.d and u.category = k.category
   left join bench_differences as x on x.a = b.a and x.d = b.d and x.kind = 'no_total'
   where b.d = ${d} and (x.a is null or k.category <> 'totalprice')`,
];

const consolidated = `insert into consolidated_usage_records by name
  select row_number() over () as ordinal, ${sid('AC', '0')} as account_sid, day, category,
    case when count(usage_count) > 0 then cast(sum(usage_count) as varchar) end as count_text, 'units' as count_unit,
    cast(sum(usage_units) as varchar) as usage_text, 'units' as usage_unit, cast(sum(usage_count) as bigint) as usage_count,
    cast(sum(usage_units) as bigint) as usage_units, cast(sum(cost) as decimal(18, 8)) as cost, currency, max(as_of) as as_of,
    max(run_number) as run_number, max(observed_at) as observed_at
  from usage_records group by day, category, currency`;

export const accountsStep: Step = [
  'accounts',
  `insert into accounts by name
   select a as ordinal, account_sid as sid, ${sid('AC', '0')} as owner_sid, 'Customer ' || a // 2 as friendly_name, 'active' as status,
     40 as run_number, timestamp '2026-11-05 00:00:00' as observed_at
   from bench_accounts`,
];

const resources = `(select unnest(['calls', 'messages', 'usage_records']) as resource)`;
const columns = `row_number() over (partition by run_number order by a, resource) as task_number, account_sid, resource, window_start,
  window_end, started_at, 'complete' as outcome, 1 as pages, 0 as record_count`;

/** All was read at once after the month, each list of an account as one window. */
export const oneWindowStep: Step = [
  'tasks',
  `insert into tasks by name
   select 40 as run_number, ${columns}
   from (
     select 40 as run_number, a, account_sid, resource, timestamp '${firstDay} 00:00:00' as window_start,
       cast(date '${firstDay}' + ${dayCount} as timestamp) as window_end, timestamp '2026-11-05 00:00:00' as started_at
     from bench_accounts cross join ${resources}
   )`,
];

/** Instead, so many nights one after the other, each of which reads its day and the look-back before it. */
export const nightSteps = (nights: number, lookBackDays: number): readonly Step[] => [
  ['tasks', 'delete from tasks'],
  [
    'tasks',
    `insert into tasks by name
     select run_number, ${columns}
     from (
       select 1 + d as run_number, a, account_sid, resource, cast(${day} - ${lookBackDays} as timestamp) as window_start,
         cast(${day} + 1 as timestamp) as window_end, cast(${day} + 1 as timestamp) + to_hours(2) as started_at
       from bench_accounts cross join ${resources} cross join (select cast(d as integer) as d from range(${nights}) as r(d))
     )`,
  ],
];
