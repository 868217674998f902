-- purpose:    Usage categories with an amount that queries/seeds/usage_categories.csv does not have, by currency.
-- severity:   warn
-- meaning:    Twilio has a new category. Its amount is kept and counted in other cost; tell us its name, so that the
--             tree learns its place.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, usage_categories
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  category and currency
--   detail   VARCHAR
with summed as (
  select
    u.category,
    u.currency,
    sum(u.cost) as cost,
    count(*) as day_count,
    count(distinct u.account_sid) as account_count
  from usage_records as u
  -- n:1, a category is listed once
  left join usage_categories as c on c.category = u.category
  where c.category is null and u.cost <> 0 and u.day >= $start and u.day < $end
  group by u.category, u.currency
),

final as (
  select
    category || ' ' || currency as subject,
    cast(cost as varchar) || ' on ' || cast(day_count as varchar) || ' days of ' || cast(account_count as varchar)
    || ' accounts' as detail
  from summed
)

select subject, detail
from final
order by subject, detail
