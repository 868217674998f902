-- purpose:    Categories whose amount is not that of the categories inside them: Twilio's tree has a leaf that ours
--             does not know, or a child stands in two of them.
-- kind:       view
-- parameters: none
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
with amounts as (
  select
    u.account_sid,
    u.day,
    u.currency,
    c.category,
    c.parent,
    c.family,
    u.cost
  from usage_records as u
  -- n:1, a category is listed once
  join usage_categories as c on c.category = u.category
  where u.cost <> 0
),

children as (
  select
    account_sid,
    day,
    currency,
    parent as category,
    sum(cost) as children_cost
  from amounts
  where parent is not null
  group by account_sid, day, currency, parent
),

-- 1:1, both are keyed by account, day, currency and category. A parent without an amount adds nothing, and its
-- children stand for themselves.
unequal as (
  select
    a.account_sid,
    a.day,
    a.currency,
    a.category,
    a.family,
    cast(a.cost as decimal(38, 8)) as cost,
    coalesce(c.children_cost, cast(0 as decimal(38, 8))) as children_cost
  from amounts as a
  left join children as c
    on c.account_sid = a.account_sid
    and c.day = a.day
    and c.currency = a.currency
    and c.category = a.category
  where a.cost <> coalesce(c.children_cost, cast(0 as decimal(38, 8)))
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
