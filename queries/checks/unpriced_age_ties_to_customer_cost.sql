-- purpose:    The rows that unpriced_age counts against the unpriced ones of customer_cost, by month, customer, service
--             and currency.
-- severity:   fail
-- meaning:    unpriced_age.csv leaves unpriced rows out or counts some twice. Do not send it out; report the bug with
--             this line.
-- parameters: none
-- reads:      report_unpriced_age, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer, service and currency, or `(no currency)`
--   detail   VARCHAR
with aged as (
  select month, customer_id, service, currency, sum(unpriced_count) as unpriced_count
  from report_unpriced_age
  group by month, customer_id, service, currency
),

counted as (
  select month, customer_id, 'calls' as service, currency, unpriced_calls as unpriced_count
  from report_customer_cost
  union all
  select month, customer_id, 'messages' as service, currency, unpriced_messages as unpriced_count
  from report_customer_cost
),

compared as (
  select
    coalesce(a.month, c.month) as month,
    coalesce(a.customer_id, c.customer_id) as customer_id,
    coalesce(a.service, c.service) as service,
    coalesce(a.currency, c.currency) as currency,
    coalesce(a.unpriced_count, 0) as aged_count,
    coalesce(c.unpriced_count, 0) as counted
  from aged as a
  -- 1:1, both are keyed by the four
  full join counted as c
    on c.month = a.month
    and c.customer_id = a.customer_id
    and c.service = a.service
    and c.currency = a.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || service || ' '
    || case when currency = '' then '(no currency)' else currency end as subject,
    'unpriced_age: ' || cast(aged_count as varchar) || ' unpriced; customer_cost: ' || cast(counted as varchar)
    as detail
  from compared
  where aged_count <> counted
)

select subject, detail
from final
order by subject, detail
