-- purpose:    other_charges against other_cost of customer_cost, by month, customer and currency; what the one calls
--             not known the other must.
-- severity:   fail
-- meaning:    other_charges.csv does not add up. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_other_charges, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency
--   detail   VARCHAR
with divided as (
  select month, customer_id, currency, sum(cost) as cost
  from report_other_charges
  where family <> 'not_known'
  group by month, customer_id, currency
),

unknown as (
  select month, customer_id
  from report_other_charges
  where family = 'not_known'
  group by month, customer_id
),

reported as (
  select month, customer_id, currency, other_cost
  from report_customer_cost
  where currency <> ''
),

joined as (
  select
    coalesce(r.month, d.month) as month,
    coalesce(r.customer_id, d.customer_id) as customer_id,
    coalesce(r.currency, d.currency) as currency,
    coalesce(d.cost, cast(0 as decimal(38, 8))) as divided_cost,
    case when r.month is null then cast(0 as decimal(38, 8)) else r.other_cost end as other_cost
  from reported as r
  -- 1:1, both are keyed by month, customer and currency
  full join divided as d on d.month = r.month and d.customer_id = r.customer_id and d.currency = r.currency
),

compared as (
  select
    j.month,
    j.customer_id,
    j.currency,
    case when u.month is null then j.divided_cost end as divided_cost,
    j.other_cost
  from joined as j
  -- n:1, a customer's month is listed once
  left join unknown as u on u.month = j.month and u.customer_id = j.customer_id
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || currency as subject,
    'other_charges: ' || coalesce(cast(divided_cost as varchar), 'not known') || '; customer_cost: other '
    || coalesce(cast(other_cost as varchar), 'not known') as detail
  from compared
  where divided_cost is distinct from other_cost
)

select subject, detail
from final
order by subject, detail
