-- purpose:    service_cost against customer_cost, by month, service and currency; other cost is known where Usage
--             Records of every account-day are, and nowhere else.
-- severity:   fail
-- meaning:    service_cost.csv does not add up. Do not send it out; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_service_cost, report_customer_cost, known_days
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, service and currency, or `(no currency)`
--   detail   VARCHAR
with reported as (
  select
    month,
    service,
    currency,
    sum(record_count) as record_count,
    sum(minutes) as minutes,
    sum(segments) as segments,
    case when count(*) = count(cost) then sum(cost) end as cost,
    sum(unpriced_count) as unpriced_count
  from report_service_cost
  group by month, service, currency
),

unknown as (
  select cast(date_trunc('month', day) as date) as month
  from known_days
  where day >= $start and day < $end and not usage_known
  group by cast(date_trunc('month', day) as date)
),

customer_rows as (
  select
    month,
    'calls' as service,
    currency,
    calls_count as record_count,
    calls_minutes as minutes,
    0 as segments,
    calls_cost as cost,
    unpriced_calls as unpriced_count
  from report_customer_cost
  union all
  select
    month,
    'messages' as service,
    currency,
    messages_count as record_count,
    0 as minutes,
    message_segments as segments,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_customer_cost
  union all
  select
    month,
    'other' as service,
    currency,
    0 as record_count,
    0 as minutes,
    0 as segments,
    other_cost as cost,
    0 as unpriced_count
  from report_customer_cost
  where currency <> ''
),

controlled as (
  select
    month,
    service,
    currency,
    sum(record_count) as record_count,
    sum(minutes) as minutes,
    sum(segments) as segments,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from customer_rows
  group by month, service, currency
),

compared as (
  select
    coalesce(r.month, c.month) as month,
    coalesce(r.service, c.service) as service,
    coalesce(r.currency, c.currency) as currency,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(c.record_count, 0) as control_count,
    -- What the report leaves out was 0; what it calls not known is not.
    case when r.month is null then cast(0 as decimal(38, 8)) else r.cost end as reported_cost,
    case
      when coalesce(r.service, c.service) = 'other' and u.month is not null then null
      else coalesce(c.cost, cast(0 as decimal(38, 8)))
    end as control_cost,
    coalesce(r.minutes, 0) <> coalesce(c.minutes, 0)
    or coalesce(r.segments, 0) <> coalesce(c.segments, 0)
    or coalesce(r.unpriced_count, 0) <> coalesce(c.unpriced_count, 0) as differs_in_quantity
  from reported as r
  -- 1:1, both are grouped by month, service and currency
  full join controlled as c on c.month = r.month and c.service = r.service and c.currency = r.currency
  -- n:1, a month is listed once
  left join unknown as u on u.month = coalesce(r.month, c.month)
),

final as (
  select
    cast(month as varchar) || ' ' || service || ' '
    || case when currency = '' then '(no currency)' else currency end as subject,
    'service_cost: ' || cast(reported_count as varchar) || ' records, cost '
    || coalesce(cast(reported_cost as varchar), 'not known') || '; customer_cost: ' || cast(control_count as varchar)
    || ' records, cost ' || coalesce(cast(control_cost as varchar), 'not known')
    || case when differs_in_quantity then '; minutes, segments or unpriced counts differ' else '' end as detail
  from compared
  where reported_count <> control_count or reported_cost is distinct from control_cost or differs_in_quantity
)

select subject, detail
from final
order by subject, detail
