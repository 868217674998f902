-- purpose:    Categories, of the period and of the days beside it, whose amount is not that of the categories inside
--             them: Twilio's tree has a leaf that ours does not know, or a child stands in two of them.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_records, usage_categories
-- grain:      account_sid, day, currency, category
-- order:      none
-- columns:
--   account_sid    VARCHAR
--   day            DATE           UTC
--   currency       VARCHAR        ISO 4217
--   category       VARCHAR        the one that contains the others
--   family         VARCHAR
--   cost           DECIMAL(38,8)  of the category itself; positive = Twilio charged us
--   children_cost  DECIMAL(38,8)  of those directly inside it
--   remainder      DECIMAL(38,8)  cost less children_cost
with parents as (
  select parent as category
  from usage_categories
  where parent is not null
  group by parent
),

-- n:1 each, a category and a parent are listed once
amounts as (
  select
    u.account_sid, u.day, u.currency, c.category, c.family, u.cost, cast(0 as decimal(18, 8)) as children_cost
  from usage_records as u
  join usage_categories as c on c.category = u.category
  join parents as p on p.category = u.category
  where u.cost <> 0 and u.day >= $start - 1 and u.day < $end + 1
  union all
  select
    u.account_sid, u.day, u.currency, c.parent as category, c.family, cast(0 as decimal(18, 8)) as cost,
    u.cost as children_cost
  from usage_records as u
  join usage_categories as c on c.category = u.category
  where u.cost <> 0 and c.parent is not null and u.day >= $start - 1 and u.day < $end + 1
),

-- A parent without an amount adds nothing, and its children stand for themselves.
unequal as (
  select
    account_sid,
    day,
    currency,
    category,
    max(family) as family,
    sum(cost) as cost,
    sum(children_cost) as children_cost
  from amounts
  group by account_sid, day, currency, category
  having sum(cost) <> 0 and sum(cost) <> sum(children_cost)
),

-- Of a category whose children Twilio does not list, there is nothing to check.
-- 1:n, the children of a category; n:1, a usage record is listed once; grouped to the key again
final as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.category,
    max(u.family) as family,
    max(u.cost) as cost,
    max(u.children_cost) as children_cost,
    max(u.cost) - max(u.children_cost) as remainder
  from unequal as u
  join usage_categories as c on c.parent = u.category
  join usage_records as r
    on r.account_sid = u.account_sid
    and r.day = u.day
    and r.currency = u.currency
    and r.category = c.category
  group by u.account_sid, u.day, u.currency, u.category
)

select account_sid, day, currency, category, family, cost, children_cost, remainder
from final
