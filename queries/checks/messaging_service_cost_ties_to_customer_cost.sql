-- purpose:    messaging_service_cost against the messages of customer_cost, by month, customer and currency.
-- severity:   fail
-- meaning:    messaging_service_cost.csv does not add up. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_messaging_service_cost, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency, or `(no currency)`
--   detail   VARCHAR
with messaging_service_cost_rows as (
  select
    month,
    customer_id,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_messaging_service_cost
),

customer_rows as (
  select
    month,
    customer_id,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_customer_cost
  where messages_count > 0
),

reported as (
  select
    month,
    customer_id,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from messaging_service_cost_rows
  group by month, customer_id, currency
),

controlled as (
  select
    month,
    customer_id,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from customer_rows
  group by month, customer_id, currency
),

compared as (
  select
    coalesce(r.month, c.month) as month,
    coalesce(r.customer_id, c.customer_id) as customer_id,
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
  -- 1:1, both are grouped by month, customer_id and currency
  full join controlled as c on c.month = r.month and c.customer_id = r.customer_id and c.currency = r.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' '
    || case when currency = '' then '(no currency)' else currency end as subject,
    'messaging_service_cost: '
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
