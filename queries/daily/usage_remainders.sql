-- purpose:    Categories whose amount is not that of the categories inside them: Twilio's tree has a leaf that ours
--             does not know, or a child stands in two of them.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      unequal_categories, usage_records, usage_categories
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
-- A parent without an amount adds nothing, and its children stand for themselves. Of a category whose children Twilio
-- does not list, there is nothing to check.
-- 1:n, the children of a category, which are of its family; n:1, a usage record is listed once; grouped to the key
-- again
with final as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.category,
    max(c.family) as family,
    max(u.cost) as cost,
    max(u.children_cost) as children_cost,
    max(u.cost) - max(u.children_cost) as remainder
  from unequal_categories as u
  join usage_categories as c on c.parent = u.category
  join usage_records as r
    on r.account_sid = u.account_sid
    and r.day = u.day
    and r.currency = u.currency
    and r.category = c.category
  where
    u.cost <> 0
    and u.cost <> u.children_cost
    and u.day >= $start
    and u.day < $end
    and r.day >= $start
    and r.day < $end
  group by u.account_sid, u.day, u.currency, u.category
)

select account_sid, day, currency, category, family, cost, children_cost, remainder
from final
