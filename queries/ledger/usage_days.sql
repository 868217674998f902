-- purpose:    Twilio's own daily totals by account and currency: what calls and messages itemise, and the rest.
-- kind:       view
-- parameters: none
-- reads:      usage_records, usage_categories
-- grain:      account_sid, day, currency
-- order:      none
-- columns:
--   account_sid          VARCHAR
--   day                  DATE           UTC
--   currency             VARCHAR        ISO 4217
--   total_price_cost     DECIMAL(38,8)  Twilio's `totalprice`; null where Twilio sent none
--   calls_usage_cost     DECIMAL(38,8)  categories that the call list itemises
--   messages_usage_cost  DECIMAL(38,8)  categories that the message list itemises
--   other_cost           DECIMAL(38,8)  totalprice less both; null where there is no totalprice
with totals as (
  select
    account_sid,
    day,
    currency,
    sum(case when category = 'totalprice' then cost end) as total_price_cost
  from usage_records
  group by account_sid, day, currency
),

-- A category of price 0 adds nothing and hides nothing: nearly all rows are such.
amounts as (
  select
    u.account_sid,
    u.day,
    u.currency,
    c.category,
    c.itemised_by,
    u.cost
  from usage_records as u
  -- n:1, a category is listed once
  join usage_categories as c on c.category = lower(u.category)
  where u.cost <> 0 and c.itemised_by is not null
),

-- 1:1 each, a category has one parent at most. A test keeps the tree at four levels, each itemised as its parent is.
ancestors as (
  select category, parent as ancestor
  from usage_categories
  where parent is not null and itemised_by is not null
  union all
  select c.category, p.parent as ancestor
  from usage_categories as c
  join usage_categories as p on p.category = c.parent
  where p.parent is not null and c.itemised_by is not null
  union all
  select c.category, g.parent as ancestor
  from usage_categories as c
  join usage_categories as p on p.category = c.parent
  join usage_categories as g on g.category = p.parent
  where g.parent is not null and c.itemised_by is not null
),

-- Amounts that stand inside another amount of the same account, day and currency.
-- 1:n, as an amount may stand inside several; grouped to its key again.
contained as (
  select
    inner_amount.account_sid,
    inner_amount.day,
    inner_amount.currency,
    inner_amount.category
  from amounts as inner_amount
  join ancestors as a on a.category = inner_amount.category
  join amounts as outer_amount
    on outer_amount.account_sid = inner_amount.account_sid
    and outer_amount.day = inner_amount.day
    and outer_amount.currency = inner_amount.currency
    and outer_amount.category = a.ancestor
  group by inner_amount.account_sid, inner_amount.day, inner_amount.currency, inner_amount.category
),

itemised as (
  select
    a.account_sid,
    a.day,
    a.currency,
    sum(case when a.itemised_by = 'calls' then a.cost end) as calls_usage_cost,
    sum(case when a.itemised_by = 'messages' then a.cost end) as messages_usage_cost
  from amounts as a
  -- 1:1, an amount is contained or it is not
  left join contained as i
    on i.account_sid = a.account_sid
    and i.day = a.day
    and i.currency = a.currency
    and i.category = a.category
  where i.account_sid is null
  group by a.account_sid, a.day, a.currency
),

parted as (
  select
    t.account_sid,
    t.day,
    t.currency,
    t.total_price_cost,
    coalesce(i.calls_usage_cost, cast(0 as decimal(38, 8))) as calls_usage_cost,
    coalesce(i.messages_usage_cost, cast(0 as decimal(38, 8))) as messages_usage_cost
  from totals as t
  -- 1:1, both are grouped by account, day and currency
  left join itemised as i
    on i.account_sid = t.account_sid
    and i.day = t.day
    and i.currency = t.currency
),

final as (
  select
    account_sid,
    day,
    currency,
    total_price_cost,
    calls_usage_cost,
    messages_usage_cost,
    total_price_cost - calls_usage_cost - messages_usage_cost as other_cost
  from parted
)

select account_sid, day, currency, total_price_cost, calls_usage_cost, messages_usage_cost, other_cost
from final
