-- purpose:    Usage Records added up by family of categories. Leaves only: a category inside another that has an amount
--             of its own is left out, and so is counted once; what a parent holds beyond its known children stays in.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, usage_categories, category_ancestors, unequal_categories
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid  VARCHAR
--   day          DATE           UTC
--   currency     VARCHAR        ISO 4217
--   family       VARCHAR        as usage_categories.csv has it; `unlisted` = categories that it does not have
--   itemised_by  VARCHAR        calls or messages: the list whose rows add up to the family; null = only usage knows it
--   usage_count  BIGINT         calls, messages …
--   usage_units  BIGINT         minutes, segments …
--   cost         DECIMAL(38,8)  positive = Twilio charged us
-- n:1 each, a category has one ancestor that stands in no other, at most. A category that stands in none is its own
-- root.
with trees as (
  select
    c.category,
    c.family,
    c.itemised_by,
    coalesce(r.category, c.category) as root
  from usage_categories as c
  left join category_ancestors as a on a.category = c.category
  left join usage_categories as r on r.category = a.ancestor and r.parent is null
  where c.parent is null or r.category is not null
),

-- Nearly every root holds all that is inside it. Where a category on the way has no cost or no count of its own, what
-- is inside may stand for itself.
-- n:1, a category is listed once
hollow as (
  select u.account_sid, u.day, u.currency, t.root
  from unequal_categories as u
  join trees as t on t.category = u.category
  where
    u.day >= $start
    and u.day < $end
    and ((u.cost = 0 and u.children_cost <> 0) or u.counted < u.children_counted)
  group by u.account_sid, u.day, u.currency, t.root
),

-- n:1 each, a category is listed once, and so is the root of an account, day and currency
hollow_rows as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.category,
    t.root,
    t.family,
    t.itemised_by,
    coalesce(u.usage_count, 0) as usage_count,
    coalesce(u.usage_units, 0) as usage_units,
    u.cost
  from usage_records as u
  join trees as t on t.category = u.category
  join hollow as h
    on h.account_sid = u.account_sid
    and h.day = u.day
    and h.currency = u.currency
    and h.root = t.root
  where (u.cost <> 0 or u.usage_count > 0) and u.day >= $start and u.day < $end
),

-- Rows that stand inside another of the same account, day and currency.
-- 1:n, as a row may stand inside several; grouped to its key again.
contained as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.category,
    max(case when o.cost <> 0 then 1 else 0 end) as cost_inside,
    max(case when o.usage_count > 0 then 1 else 0 end) as count_inside
  from hollow_rows as u
  join category_ancestors as a on a.category = u.category
  join hollow_rows as o
    on o.account_sid = u.account_sid
    and o.day = u.day
    and o.currency = u.currency
    and o.category = a.ancestor
  group by u.account_sid, u.day, u.currency, u.category
),

-- Rows of zeros add nothing and hide nothing: nearly all rows are such.
-- n:1, a category is listed once; 1:1, a row is contained or it is not
counting as (
  select
    u.account_sid,
    u.day,
    u.currency,
    coalesce(c.family, 'unlisted') as family,
    c.itemised_by,
    coalesce(u.usage_count, 0) as usage_count,
    coalesce(u.usage_units, 0) as usage_units,
    u.cost
  from usage_records as u
  left join usage_categories as c on c.category = u.category
  where
    (u.cost <> 0 or u.usage_count > 0)
    and u.category <> 'totalprice'
    and c.parent is null
    and u.day >= $start
    and u.day < $end
  union all
  select
    u.account_sid,
    u.day,
    u.currency,
    u.family,
    u.itemised_by,
    case when coalesce(i.count_inside, 0) = 0 then u.usage_count else 0 end as usage_count,
    case when coalesce(i.count_inside, 0) = 0 then u.usage_units else 0 end as usage_units,
    case when coalesce(i.cost_inside, 0) = 0 then u.cost else 0 end as cost
  from hollow_rows as u
  left join contained as i
    on i.account_sid = u.account_sid
    and i.day = u.day
    and i.currency = u.currency
    and i.category = u.category
  where u.category <> u.root
),

final as (
  select
    account_sid,
    day,
    currency,
    family,
    max(itemised_by) as itemised_by,
    cast(sum(usage_count) as bigint) as usage_count,
    cast(sum(usage_units) as bigint) as usage_units,
    sum(cost) as cost
  from counting
  group by account_sid, day, currency, family
)

select account_sid, day, currency, family, itemised_by, usage_count, usage_units, cost
from final
