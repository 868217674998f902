-- purpose:    The list of calls and messages without a date against the ledger, by service and currency.
-- severity:   fail
-- meaning:    undated.csv lacks a record, or holds one too many. Do not send it out; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_undated, calls, messages
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  service and currency, or `(no currency)`
--   detail   VARCHAR
with listed as (
  select
    service,
    currency,
    count(*) as record_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from report_undated
  group by service, currency
),

undated as (
  select 'calls' as service, coalesce(currency, '') as currency, cost
  from calls
  where is_undated and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  union all
  select 'messages' as service, coalesce(currency, '') as currency, cost
  from messages
  where is_undated and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
),

held as (
  select
    service,
    currency,
    count(*) as record_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from undated
  group by service, currency
),

compared as (
  select
    coalesce(l.service, h.service) as service,
    coalesce(l.currency, h.currency) as currency,
    coalesce(l.record_count, 0) as listed_count,
    coalesce(h.record_count, 0) as held_count,
    coalesce(l.cost, cast(0 as decimal(38, 8))) as listed_cost,
    coalesce(h.cost, cast(0 as decimal(38, 8))) as held_cost
  from listed as l
  -- 1:1, both are grouped by service and currency
  full join held as h on h.service = l.service and h.currency = l.currency
),

final as (
  select
    service || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    cast(listed_count as varchar) || ' of ' || cast(listed_cost as varchar) || ' are listed, the ledger holds '
    || cast(held_count as varchar) || ' of ' || cast(held_cost as varchar) as detail
  from compared
  where listed_count <> held_count or listed_cost <> held_cost
)

select subject, detail
from final
order by subject, detail
