-- purpose:    Categories that hold others and do not have the sum of their amounts, or have no count where those inside
--             have one. Next to none, where usage is sound.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, usage_categories
-- grain:      account_sid, day, currency, category
-- order:      none
-- columns:
--   account_sid       VARCHAR
--   day               DATE           UTC
--   currency          VARCHAR        ISO 4217
--   category          VARCHAR        the one that contains the others
--   cost              DECIMAL(38,8)  of the category itself, 0 where usage does not list it; positive =
--                                    Twilio charged us
--   children_cost     DECIMAL(38,8)  of those directly inside it
--   counted           INTEGER        1 = the category itself has a count
--   children_counted  INTEGER        1 = one of those directly inside it has
-- Where a category counts: as what it is, if it holds others, and inside its parent, if it has one.
with places as (
  select category, parent as place, 0 as is_itself
  from usage_categories
  where parent is not null
  union all
  select parent as category, parent as place, 1 as is_itself
  from usage_categories
  where parent is not null
  group by parent
),

-- n:m on purpose, a category counts in two places at most; grouped to the place
final as (
  select
    u.account_sid,
    u.day,
    u.currency,
    p.place as category,
    sum(case when p.is_itself = 1 then u.cost else 0 end) as cost,
    sum(case when p.is_itself = 0 then u.cost else 0 end) as children_cost,
    max(case when p.is_itself = 1 and u.usage_count > 0 then 1 else 0 end) as counted,
    max(case when p.is_itself = 0 and u.usage_count > 0 then 1 else 0 end) as children_counted
  from usage_records as u
  join places as p on p.category = u.category
  where (u.cost <> 0 or u.usage_count > 0) and u.day >= $start and u.day < $end
  group by u.account_sid, u.day, u.currency, p.place
  having
    sum(case when p.is_itself = 1 then u.cost else -u.cost end) <> 0
    or max(case when p.is_itself = 1 and u.usage_count > 0 then 1 else 0 end)
    < max(case when p.is_itself = 0 and u.usage_count > 0 then 1 else 0 end)
)

select account_sid, day, currency, category, cost, children_cost, counted, children_counted
from final
