-- purpose:    country_cost, number_cost (its row of all other numbers included) and messaging_service_cost against
--             customer_cost: by month, service and currency, and by customer where they tell one.
-- severity:   fail
-- meaning:    The report that is named does not add up. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_country_cost, report_number_cost, report_messaging_service_cost, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  report, month, customer where the report tells one, service and currency, or `(no currency)`
--   detail   VARCHAR
with report_rows as (
  select
    'country_cost' as report,
    month,
    '' as customer_id,
    service,
    currency,
    record_count,
    minutes + segments as units,
    cost,
    unpriced_count
  from report_country_cost
  union all
  select
    'number_cost' as report,
    month,
    '' as customer_id,
    'calls' as service,
    currency,
    calls_count as record_count,
    calls_minutes as units,
    calls_cost as cost,
    unpriced_calls as unpriced_count
  from report_number_cost
  union all
  select
    'number_cost' as report,
    month,
    '' as customer_id,
    'messages' as service,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_number_cost
  union all
  select
    'messaging_service_cost' as report,
    month,
    customer_id,
    'messages' as service,
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
    customer_id,
    'messages' as service,
    currency,
    messages_count as record_count,
    message_segments as units,
    messages_cost as cost,
    unpriced_messages as unpriced_count
  from report_customer_cost
),

promised as (
  select 'country_cost' as report, 'calls' as service, false as by_customer
  union all
  select 'country_cost' as report, 'messages' as service, false as by_customer
  union all
  select 'number_cost' as report, 'calls' as service, false as by_customer
  union all
  select 'number_cost' as report, 'messages' as service, false as by_customer
  union all
  select 'messaging_service_cost' as report, 'messages' as service, true as by_customer
),

reported as (
  select
    report,
    month,
    customer_id,
    service,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from report_rows
  group by report, month, customer_id, service, currency
),

controlled as (
  select
    p.report,
    c.month,
    case when p.by_customer then c.customer_id else '' end as customer_id,
    c.service,
    c.currency,
    sum(c.record_count) as record_count,
    sum(c.units) as units,
    sum(c.cost) as cost,
    sum(c.unpriced_count) as unpriced_count
  from customer_rows as c
  -- n:m, a row counts for each report of its service
  join promised as p on p.service = c.service
  group by p.report, c.month, case when p.by_customer then c.customer_id else '' end, c.service, c.currency
),

compared as (
  select
    coalesce(r.report, c.report) as report,
    coalesce(r.month, c.month) as month,
    coalesce(r.customer_id, c.customer_id) as customer_id,
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
  -- 1:1, both are grouped by report, month, customer, service and currency
  full join controlled as c
    on c.report = r.report
    and c.month = r.month
    and c.customer_id = r.customer_id
    and c.service = r.service
    and c.currency = r.currency
),

final as (
  select
    report || ' ' || cast(month as varchar) || ' ' || case when customer_id = '' then '' else customer_id || ' ' end
    || service || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    'reported: ' || cast(reported_record_count as varchar) || ' records (' || cast(reported_unpriced_count as varchar)
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
