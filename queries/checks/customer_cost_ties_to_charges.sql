-- purpose:    customer_cost against the charges themselves, by currency: a row lost or doubled on the way shows here.
-- severity:   fail
-- meaning:    The headline report does not add up to the ledger. Do not send it out; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_customer_cost, charges
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  currency, or `(no currency)`
--   detail   VARCHAR
with reported as (
  select
    currency,
    sum(calls_count + messages_count) as record_count,
    sum(unpriced_calls + unpriced_messages) as unpriced_count,
    sum(itemised_cost) as cost
  from report_customer_cost
  group by currency
),

charged as (
  select
    currency,
    count(*) as record_count,
    count(*) - count(cost) as unpriced_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from charges
  where day >= $start and day < $end
  group by currency
),

compared as (
  select
    coalesce(r.currency, c.currency) as currency,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(c.record_count, 0) as charged_count,
    coalesce(r.unpriced_count, 0) as reported_unpriced,
    coalesce(c.unpriced_count, 0) as charged_unpriced,
    coalesce(r.cost, cast(0 as decimal(38, 8))) as reported_cost,
    coalesce(c.cost, cast(0 as decimal(38, 8))) as charged_cost
  from reported as r
  -- 1:1, both are grouped by currency
  full join charged as c on c.currency = r.currency
),

final as (
  select
    case when currency = '' then '(no currency)' else currency end as subject,
    'reported ' || cast(reported_cost as varchar) || ' for ' || cast(reported_count as varchar) || ' records ('
    || cast(reported_unpriced as varchar) || ' unpriced), the ledger holds ' || cast(charged_cost as varchar)
    || ' for ' || cast(charged_count as varchar) || ' (' || cast(charged_unpriced as varchar) || ' unpriced)' as detail
  from compared
  where
    reported_count <> charged_count
    or reported_unpriced <> charged_unpriced
    or reported_cost <> charged_cost
)

select subject, detail
from final
order by subject, detail
