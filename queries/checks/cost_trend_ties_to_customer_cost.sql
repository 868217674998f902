-- purpose:    This month's figures of cost_trend against customer_cost, and its changes against what they are changes
--             of, by month, customer and currency.
-- severity:   fail
-- meaning:    cost_trend.csv contradicts customer_cost.csv or itself. Do not send it out; report the bug with this
--             line.
-- parameters: none
-- reads:      report_cost_trend, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency
--   detail   VARCHAR
with trend as (
  select
    month,
    customer_id,
    currency,
    case when count(*) = count(itemised_cost) then sum(itemised_cost) end as itemised_cost,
    case when count(*) = count(total_cost) then sum(total_cost) end as total_cost,
    max(
      case
        when itemised_change is distinct from itemised_cost - itemised_previous then 1
        when total_change is distinct from total_cost - total_previous then 1
        else 0
      end
    ) as contradicts_itself,
    count(*) as row_count
  from report_cost_trend
  group by month, customer_id, currency
),

reported as (
  select month, customer_id, currency, itemised_cost, total_cost
  from report_customer_cost
  where currency <> ''
),

compared as (
  select
    coalesce(r.month, t.month) as month,
    coalesce(r.customer_id, t.customer_id) as customer_id,
    coalesce(r.currency, t.currency) as currency,
    t.itemised_cost as trend_cost,
    t.total_cost as trend_total,
    r.itemised_cost as customer_cost,
    r.total_cost as customer_total,
    coalesce(t.contradicts_itself, 0) = 1 as contradicts_itself,
    coalesce(t.row_count, 0) > 1 as stands_twice,
    case
      -- A customer that cost nothing has no row in customer_cost.
      when r.month is null then coalesce(t.itemised_cost, 0) <> 0 or coalesce(t.total_cost, 0) <> 0
      else r.itemised_cost is distinct from t.itemised_cost or r.total_cost is distinct from t.total_cost
    end as differs
  from reported as r
  -- 1:1, both are grouped or keyed by month, customer and currency
  full join trend as t on t.month = r.month and t.customer_id = r.customer_id and t.currency = r.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || currency as subject,
    'cost_trend: itemised ' || coalesce(cast(trend_cost as varchar), 'not known') || ', total '
    || coalesce(cast(trend_total as varchar), 'not known') || '; customer_cost: itemised '
    || coalesce(cast(customer_cost as varchar), 'none') || ', total '
    || coalesce(cast(customer_total as varchar), 'not known')
    || case when contradicts_itself then '; a change is not the difference of its months' else '' end
    || case when stands_twice then '; it stands there twice' else '' end as detail
  from compared
  where differs or contradicts_itself or stands_twice
)

select subject, detail
from final
order by subject, detail
