-- purpose:    number_cost, the row of all other numbers included, against customer_cost, by month, service and
--             currency.
-- severity:   fail
-- meaning:    number_cost.csv does not add up. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_number_cost, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, service and currency, or `(no currency)`
--   detail   VARCHAR
with number_cost_rows as (
  select
    month,
    'calls' as service,
    currency,
    calls_count as record_count,
    calls_minutes as units,
    calls_cost as cost,
    unpriced_calls as unpriced_count
  from report_number_cost
  union all
  select
    month,
    'messages' as service,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_number_cost
),

customer_rows as (
  select
    month,
    'calls' as service,
    currency,
    calls_count as record_count,
    calls_minutes as units,
    calls_cost as cost,
    unpriced_calls as unpriced_count
  from report_customer_cost
  union all
  select
    month,
    'messages' as service,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_customer_cost
),

reported as (
  select
    month,
    service,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from number_cost_rows
  group by month, service, currency
),

controlled as (
  select
    month,
    service,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
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
    coalesce(r.record_count, 0) as reported_record_count,
    coalesce(c.record_count, 0) as control_record_count,
    coalesce(r.units, 0) as reported_units,
    coalesce(c.units, 0) as control_units,
    coalesce(r.cost, cast(0 as decimal(38, 8))) as reported_cost,
    coalesce(c.cost, cast(0 as decimal(38, 8))) as control_cost,
    coalesce(r.unpriced_count, 0) as reported_unpriced_count,
    coalesce(c.unpriced_count, 0) as control_unpriced_count
  from reported as r
  -- 1:1, both are grouped by month, service and currency
  full join controlled as c on c.month = r.month and c.service = r.service and c.currency = r.currency
),

final as (
  select
    cast(month as varchar) || ' ' || service || ' '
    || case when currency = '' then '(no currency)' else currency end as subject,
    'number_cost: '
    || cast(reported_record_count as varchar) || ' records (' || cast(reported_unpriced_count as varchar)
    || ' unpriced), ' || cast(reported_units as varchar) || ' minutes and segments, cost '
    || cast(reported_cost as varchar) || '; customer_cost: ' || cast(control_record_count as varchar) || ' records ('
    || cast(control_unpriced_count as varchar) || ' unpriced), ' || cast(control_units as varchar)
    || ' minutes and segments, cost ' || cast(control_cost as varchar) as detail
  from compared
  where
    reported_record_count <> control_record_count
    or reported_unpriced_count <> control_unpriced_count
    or reported_units <> control_units
    or reported_cost <> control_cost
)

select subject, detail
from final
order by subject, detail
