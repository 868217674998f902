-- purpose:    Usage as records are compared with it: by account, day, currency and family, with the carriers' fees that
--             belong to a family, and with what `totalprice` holds beyond all categories.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_families, usage_days, usage_records, usage_categories
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid       VARCHAR
--   day               DATE           UTC
--   currency          VARCHAR        ISO 4217
--   family            VARCHAR        `uncategorised` = what `totalprice` holds beyond all categories that are known
--   service           VARCHAR        calls or messages; null where no list itemises the family
--   usage_count       BIGINT
--   usage_units       BIGINT
--   usage_cost        DECIMAL(38,8)
--   carrier_fee_cost  DECIMAL(38,8)  carriers' fees that usage lists apart for messages of this family
--   unlisted_cost     DECIMAL(38,8)  of categories that usage_categories.csv does not have; in `uncategorised` only
with families as (
  select account_sid, day, currency, family, itemised_by, usage_count, usage_units, cost
  from usage_families
  where day >= $start and day < $end
),

categorised as (
  select
    account_sid,
    day,
    currency,
    sum(case when family <> 'unlisted' then cost else 0 end) as listed_cost,
    sum(case when family = 'unlisted' then cost else 0 end) as unlisted_cost
  from families
  group by account_sid, day, currency
),

uncategorised as (
  select
    d.account_sid,
    d.day,
    d.currency,
    d.total_price_cost - coalesce(c.listed_cost, cast(0 as decimal(38, 8))) as cost,
    coalesce(c.unlisted_cost, cast(0 as decimal(38, 8))) as unlisted_cost
  from usage_days as d
  -- 1:1, both are grouped by account, day and currency
  left join categorised as c on c.account_sid = d.account_sid and c.day = d.day and c.currency = d.currency
  where d.day >= $start and d.day < $end
),

carrier_fees as (
  select
    u.account_sid,
    u.day,
    u.currency,
    c.fees_of as family,
    sum(u.cost) as cost
  from usage_records as u
  -- n:1, a category is listed once
  join usage_categories as c on c.category = u.category
  where c.fees_of is not null and u.cost <> 0 and u.day >= $start and u.day < $end
  group by u.account_sid, u.day, u.currency, c.fees_of
),

-- 1:1, both are grouped by account, day, currency and family
final as (
  select
    coalesce(u.account_sid, f.account_sid) as account_sid,
    coalesce(u.day, f.day) as day,
    coalesce(u.currency, f.currency) as currency,
    coalesce(u.family, f.family) as family,
    case when u.account_sid is null then 'messages' else u.itemised_by end as service,
    coalesce(u.usage_count, 0) as usage_count,
    coalesce(u.usage_units, 0) as usage_units,
    coalesce(u.cost, cast(0 as decimal(38, 8))) as usage_cost,
    coalesce(f.cost, cast(0 as decimal(38, 8))) as carrier_fee_cost,
    cast(0 as decimal(38, 8)) as unlisted_cost
  from families as u
  full join carrier_fees as f
    on f.account_sid = u.account_sid
    and f.day = u.day
    and f.currency = u.currency
    and f.family = u.family
  where u.family is null or u.family <> 'unlisted'
  union all
  select
    account_sid, day, currency, 'uncategorised' as family, cast(null as varchar) as service, 0 as usage_count,
    0 as usage_units, cost as usage_cost, cast(0 as decimal(38, 8)) as carrier_fee_cost, unlisted_cost
  from uncategorised
  where cost <> 0
)

select
  account_sid, day, currency, family, service, usage_count, usage_units, usage_cost, carrier_fee_cost, unlisted_cost
from final
