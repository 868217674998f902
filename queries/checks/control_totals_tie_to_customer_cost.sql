-- purpose:    control_totals against customer_cost, by service and currency: calls and messages each for itself.
-- severity:   fail
-- meaning:    The headline report does not add up to the control totals. Do not send it out; report the bug with this
--             line.
-- parameters: none
-- reads:      report_control_totals, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  service and currency, or `(no currency)`
--   detail   VARCHAR
with reported as (
  select
    'calls' as service,
    currency,
    sum(calls_count) as record_count,
    sum(unpriced_calls) as unpriced_count,
    sum(calls_cost) as cost
  from report_customer_cost
  group by currency
  union all
  select
    'messages' as service,
    currency,
    sum(messages_count) as record_count,
    sum(unpriced_messages) as unpriced_count,
    sum(messages_cost) as cost
  from report_customer_cost
  group by currency
),

controlled as (
  select service, currency, record_count, unpriced_count, cost
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
    coalesce(r.cost, cast(0 as decimal(38, 8))) as reported_cost
  from controlled as c
  -- 1:1, both are grouped by service and currency
  full join reported as r on r.service = c.service and r.currency = c.currency
),

final as (
  select
    service || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    'reported ' || cast(reported_cost as varchar) || ' for ' || cast(reported_count as varchar) || ' records ('
    || cast(reported_unpriced as varchar) || ' unpriced), control totals ' || cast(control_cost as varchar)
    || ' for ' || cast(control_count as varchar) || ' (' || cast(control_unpriced as varchar) || ' unpriced)' as detail
  from compared
  where
    reported_count <> control_count
    or reported_unpriced <> control_unpriced
    or reported_cost <> control_cost
)

select subject, detail
from final
order by subject, detail
