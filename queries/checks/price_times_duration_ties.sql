-- purpose:    The charged cost in price_times_duration against the calls of customer_cost, by currency.
-- severity:   fail
-- meaning:    Two reports of the same calls differ. Do not send them out; report the bug with this line.
-- parameters: none
-- reads:      report_price_times_duration, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  currency
--   detail   VARCHAR
with by_formula as (
  select currency, sum(calls_count) as calls_count, sum(charged_cost) as cost
  from report_price_times_duration
  group by currency
),

by_customer as (
  select currency, sum(calls_count - unpriced_calls) as calls_count, sum(calls_cost) as cost
  from report_customer_cost
  group by currency
),

compared as (
  select
    coalesce(f.currency, c.currency) as currency,
    coalesce(f.calls_count, 0) as formula_count,
    coalesce(c.calls_count, 0) as customer_count,
    coalesce(f.cost, cast(0 as decimal(38, 8))) as formula_cost,
    coalesce(c.cost, cast(0 as decimal(38, 8))) as customer_cost
  from by_formula as f
  -- 1:1, both are grouped by currency
  full join by_customer as c on c.currency = f.currency
),

final as (
  select
    case when currency = '' then '(no currency)' else currency end as subject,
    'price_times_duration: ' || cast(formula_cost as varchar) || ' for ' || cast(formula_count as varchar)
    || ' priced calls; customer_cost: ' || cast(customer_cost as varchar) || ' for '
    || cast(customer_count as varchar) as detail
  from compared
  where formula_count <> customer_count or formula_cost <> customer_cost
)

select subject, detail
from final
order by subject, detail
