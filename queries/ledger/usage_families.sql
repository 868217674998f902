-- purpose:    Usage Records added up by family of categories. Leaves only: a category inside another that has an amount
--             of its own is left out, and so is counted once; what a parent holds beyond its known children stays in.
-- kind:       view
-- parameters: none
-- reads:      usage_records, usage_categories, category_ancestors
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
-- Rows of zeros add nothing and hide nothing: nearly all rows are such.
with used as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.category,
    c.parent,
    coalesce(c.family, 'unlisted') as family,
    c.itemised_by,
    coalesce(u.usage_count, 0) as usage_count,
    coalesce(u.usage_units, 0) as usage_units,
    u.cost
  from usage_records as u
  -- n:1, a category is listed once
  left join usage_categories as c on c.category = u.category
  where (u.cost <> 0 or u.usage_count > 0) and u.category <> 'totalprice'
),

parents as (
  select parent as category
  from usage_categories
  where parent is not null
  group by parent
),

-- n:1, a parent is listed once
outer_rows as (
  select u.account_sid, u.day, u.currency, u.category, u.cost, u.usage_count
  from used as u
  join parents as p on p.category = u.category
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
  from used as u
  join category_ancestors as a on a.category = u.category
  join outer_rows as o
    on o.account_sid = u.account_sid
    and o.day = u.day
    and o.currency = u.currency
    and o.category = a.ancestor
  where u.parent is not null
  group by u.account_sid, u.day, u.currency, u.category
),

final as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.family,
    max(u.itemised_by) as itemised_by,
    cast(sum(case when coalesce(i.count_inside, 0) = 0 then u.usage_count else 0 end) as bigint) as usage_count,
    cast(sum(case when coalesce(i.count_inside, 0) = 0 then u.usage_units else 0 end) as bigint) as usage_units,
    sum(case when coalesce(i.cost_inside, 0) = 0 then u.cost else 0 end) as cost
  from used as u
  -- 1:1, a row is contained or it is not
  left join contained as i
    on i.account_sid = u.account_sid
    and i.day = u.day
    and i.currency = u.currency
    and i.category = u.category
  group by u.account_sid, u.day, u.currency, u.family
)

select account_sid, day, currency, family, itemised_by, usage_count, usage_units, cost
from final
