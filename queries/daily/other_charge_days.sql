-- purpose:    What usage holds beyond calls and messages, by account, day, currency and family of categories:
--             `other_cost` divided. Days of which usage is not known are left out.
-- kind:       view
-- parameters: none
-- reads:      usage_days, usage_families, known_days
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid  VARCHAR
--   day          DATE           UTC
--   currency     VARCHAR        ISO 4217
--   family       VARCHAR        as usage_categories.csv has it; `unlisted` = categories that it does not have;
--                               `remainder` = what `totalprice` holds beyond all listed categories, or lacks
--   usage_count  BIGINT         as Twilio counts the family; 0 of a remainder
--   usage_units  BIGINT         likewise
--   cost         DECIMAL(38,8)  positive = Twilio charged us; of a day together: its other_cost
with families as (
  select account_sid, day, currency, family, usage_count, usage_units, cost
  from usage_families
  where itemised_by is null and cost <> 0
),

listed as (
  select account_sid, day, currency, sum(cost) as cost
  from families
  group by account_sid, day, currency
),

-- 1:1, both are grouped by account, day and currency
parts as (
  select
    u.account_sid,
    u.day,
    u.currency,
    'remainder' as family,
    cast(0 as bigint) as usage_count,
    cast(0 as bigint) as usage_units,
    u.other_cost - coalesce(l.cost, cast(0 as decimal(38, 8))) as cost
  from usage_days as u
  left join listed as l on l.account_sid = u.account_sid and l.day = u.day and l.currency = u.currency
  where u.other_cost is not null
  union all
  -- n:1, usage of a day is listed once
  select f.account_sid, f.day, f.currency, f.family, f.usage_count, f.usage_units, f.cost
  from families as f
  join usage_days as u on u.account_sid = f.account_sid and u.day = f.day and u.currency = f.currency
  where u.other_cost is not null
),

-- n:1, an account-day is listed once; none where no task touched it
final as (
  select p.account_sid, p.day, p.currency, p.family, p.usage_count, p.usage_units, p.cost
  from parts as p
  left join known_days as k on k.account_sid = p.account_sid and k.day = p.day
  where p.cost <> 0 and coalesce(k.usage_known, true)
)

select account_sid, day, currency, family, usage_count, usage_units, cost
from final
