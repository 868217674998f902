-- purpose:    Categories of Usage Records that are not the sum of the categories inside them, by currency and category.
-- severity:   warn
-- meaning:    Twilio's tree has a leaf that ours does not know, or counts a child twice. Sums here take the outer
--             amount once. Tell us the categories; nothing else to do unless other causes point here.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_remainders
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  category and currency
--   detail   VARCHAR
with summed as (
  select
    category,
    currency,
    sum(cost) as cost,
    sum(children_cost) as children_cost,
    count(*) as day_count,
    count(distinct account_sid) as account_count
  from usage_remainders
  where day >= $start and day < $end
  group by category, currency
),

final as (
  select
    category || ' ' || currency as subject,
    cast(cost as varchar) || ', the categories inside it ' || cast(children_cost as varchar) || ', on '
    || cast(day_count as varchar) || ' days of ' || cast(account_count as varchar) || ' accounts' as detail
  from summed
)

select subject, detail
from final
order by subject, detail
