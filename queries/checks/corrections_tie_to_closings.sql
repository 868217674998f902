-- purpose:    Closed months, as they were closed and with every correction since, against the charges that the ledger
--             holds of them now: a change that became no correction shows here.
-- severity:   fail
-- meaning:    A closed month changed in the ledger, and corrections.csv does not tell all of it. Do not send it out;
--             report the bug with this line.
-- parameters: none
-- reads:      closed_months, month_closings, closed_corrections, charges
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month and currency
--   detail   VARCHAR
with closed as (
  select c.month, c.currency, sum(c.itemised_cost) as cost
  from month_closings as c
  -- n:1, the line that closed a month, with a row for each currency
  join closed_months as m on m.line_sequence = c.line_sequence
  where c.currency is not null
  group by c.month, c.currency
),

corrected as (
  select corrected_month as month, currency, sum(correction) as cost
  from closed_corrections
  group by corrected_month, currency
),

charged as (
  select c.month, c.currency, sum(c.cost) as cost
  from charges as c
  -- n:1, a month is closed once
  join closed_months as m on m.month = c.month
  where c.cost is not null
  group by c.month, c.currency
),

sides as (
  select month, currency, cost as closed_cost, 0 as correction, 0 as charged_cost
  from closed
  union all
  select month, currency, 0 as closed_cost, cost as correction, 0 as charged_cost
  from corrected
  union all
  select month, currency, 0 as closed_cost, 0 as correction, cost as charged_cost
  from charged
),

summed as (
  select
    month,
    currency,
    sum(closed_cost) as closed_cost,
    sum(correction) as correction,
    sum(charged_cost) as charged_cost
  from sides
  group by month, currency
),

final as (
  select
    strftime(month, '%Y-%m') || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    'closed at ' || cast(closed_cost as varchar) || ', corrected by ' || cast(correction as varchar)
    || ', the ledger holds ' || cast(charged_cost as varchar) as detail
  from summed
  where closed_cost + correction <> charged_cost
)

select subject, detail
from final
order by subject, detail
