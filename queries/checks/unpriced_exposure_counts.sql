-- purpose:    The rows that unpriced_exposure counts against the unpriced ones of customer_cost, by month, customer and
--             service.
-- severity:   fail
-- meaning:    The estimate leaves unpriced rows out or counts some twice. Do not send it out; report the bug with this
--             line.
-- parameters: none
-- reads:      report_unpriced_exposure, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and service
--   detail   VARCHAR
with estimated as (
  select month, customer_id, service, sum(unpriced_count) as unpriced_count
  from report_unpriced_exposure
  group by month, customer_id, service
),

counted as (
  select month, customer_id, 'calls' as service, sum(unpriced_calls) as unpriced_count
  from report_customer_cost
  group by month, customer_id
  union all
  select month, customer_id, 'messages' as service, sum(unpriced_messages) as unpriced_count
  from report_customer_cost
  group by month, customer_id
),

compared as (
  select
    coalesce(e.month, c.month) as month,
    coalesce(e.customer_id, c.customer_id) as customer_id,
    coalesce(e.service, c.service) as service,
    coalesce(e.unpriced_count, 0) as estimated_count,
    coalesce(c.unpriced_count, 0) as counted
  from estimated as e
  -- 1:1, both are grouped by the three
  full join counted as c
    on c.month = e.month
    and c.customer_id = e.customer_id
    and c.service = e.service
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || service as subject,
    'unpriced_exposure: ' || cast(estimated_count as varchar) || ' unpriced; customer_cost: '
    || cast(counted as varchar) as detail
  from compared
  where estimated_count <> counted
)

select subject, detail
from final
order by subject, detail
