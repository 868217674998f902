-- purpose:    control_totals against customer_cost and undated, by service and currency, and against completeness,
--             which knows no currency, by service.
-- severity:   fail
-- meaning:    A report does not add up to the control totals. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_control_totals, report_customer_cost, report_undated, report_completeness
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  service and currency, `(no currency)`, or `in every currency`
--   detail   VARCHAR
with reported as (
  select
    'calls' as service,
    currency,
    sum(calls_count) as record_count,
    sum(unpriced_calls) as unpriced_count,
    sum(calls_cost) as cost,
    0 as undated_count
  from report_customer_cost
  group by currency
  union all
  select
    'messages' as service,
    currency,
    sum(messages_count) as record_count,
    sum(unpriced_messages) as unpriced_count,
    sum(messages_cost) as cost,
    0 as undated_count
  from report_customer_cost
  group by currency
  union all
  select
    service,
    currency,
    0 as record_count,
    0 as unpriced_count,
    cast(0 as decimal(38, 8)) as cost,
    count(*) as undated_count
  from report_undated
  where cost is null
  group by service, currency
),

by_currency as (
  select
    service,
    currency,
    sum(record_count) as record_count,
    sum(unpriced_count) as unpriced_count,
    sum(cost) as cost,
    sum(undated_count) as undated_count
  from reported
  group by service, currency
),

controlled as (
  select service, currency, record_count, unpriced_count, cost, undated_count
  from report_control_totals
  where service in ('calls', 'messages')
),

compared as (
  select
    coalesce(c.service, r.service) as service,
    coalesce(c.currency, r.currency) as currency,
    coalesce(c.record_count, 0) as control_count,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(c.unpriced_count, 0) as control_unpriced,
    coalesce(r.unpriced_count, 0) as reported_unpriced,
    coalesce(c.cost, cast(0 as decimal(38, 8))) as control_cost,
    coalesce(r.cost, cast(0 as decimal(38, 8))) as reported_cost,
    coalesce(c.undated_count, 0) as control_undated,
    coalesce(r.undated_count, 0) as reported_undated
  from controlled as c
  -- 1:1, both are grouped by service and currency
  full join by_currency as r on r.service = c.service and r.currency = c.currency
),

control_services as (
  select service, sum(record_count) as record_count, sum(quarantined_count) as quarantined_count
  from report_control_totals
  group by service
),

complete_services as (
  select resource as service, sum(record_count) as record_count, sum(quarantined_count) as quarantined_count
  from report_completeness
  group by resource
),

compared_services as (
  select
    coalesce(c.service, r.service) as service,
    coalesce(c.record_count, 0) as control_count,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(c.quarantined_count, 0) as control_quarantined,
    coalesce(r.quarantined_count, 0) as reported_quarantined
  from control_services as c
  -- 1:1, both are grouped by service
  full join complete_services as r on r.service = c.service
),

final as (
  select
    service || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    'reported ' || cast(reported_cost as varchar) || ' for ' || cast(reported_count as varchar) || ' records ('
    || cast(reported_unpriced as varchar) || ' unpriced) and ' || cast(reported_undated as varchar)
    || ' undated, control totals ' || cast(control_cost as varchar) || ' for ' || cast(control_count as varchar)
    || ' (' || cast(control_unpriced as varchar) || ' unpriced) and ' || cast(control_undated as varchar)
    || ' undated' as detail
  from compared
  where
    reported_count <> control_count
    or reported_unpriced <> control_unpriced
    or reported_cost <> control_cost
    or reported_undated <> control_undated
  union all
  select
    service || ' in every currency' as subject,
    'completeness counts ' || cast(reported_count as varchar) || ' records and '
    || cast(reported_quarantined as varchar) || ' in quarantine, control totals '
    || cast(control_count as varchar) || ' and ' || cast(control_quarantined as varchar) as detail
  from compared_services
  where reported_count <> control_count or reported_quarantined <> control_quarantined
)

select subject, detail
from final
order by subject, detail
