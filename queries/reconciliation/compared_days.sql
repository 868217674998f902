-- purpose:    Itemised records beside Twilio's Usage Records, by account, day, currency and family, with all that the
--             difference is explained from. Families that no list itemises stand here too, so that usage adds up to
--             `totalprice`.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_items, usage_families, usage_days, usage_records, usage_categories, known_days
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid       VARCHAR
--   day               DATE           UTC
--   currency          VARCHAR        ISO 4217; empty where nobody tells it
--   family            VARCHAR        `uncategorised` = what `totalprice` holds beyond all categories that are known
--   service           VARCHAR        calls or messages; null where no list itemises the family
--   item_count        BIGINT         unpriced ones included, unbilled ones not
--   unbilled_count    BIGINT         calls that never connected and cost nothing
--   item_units        BIGINT         started minutes or segments
--   item_cost         DECIMAL(38,8)  of the priced records
--   highest_cost      DECIMAL(18,8)  of one record
--   failed_cost       DECIMAL(38,8)  of messages that failed
--   unpriced_count    BIGINT
--   unpriced_units    BIGINT
--   open_count        BIGINT         unpriced records that a price may still come for
--   usage_count       BIGINT
--   usage_units       BIGINT
--   usage_cost        DECIMAL(38,8)
--   carrier_fee_cost  DECIMAL(38,8)  carriers' fees that usage lists apart for messages of this family
--   unlisted_cost     DECIMAL(38,8)  of categories that usage_categories.csv does not have; in `uncategorised` only
--   list_complete     BOOLEAN        the list of the records was read whole, and no row of it is in quarantine
--   usage_known       BOOLEAN        usage of the day is known, and lists a category of the family where records cost
--                                    something
--   usage_final       BOOLEAN        Twilio had counted at least a whole day past the end of this one
with usage_rows as (
  select account_sid, day, currency, family, itemised_by, usage_count, usage_units, cost
  from usage_families
  where day >= $start - 1 and day < $end + 1
),

categorised as (
  select
    account_sid,
    day,
    currency,
    sum(case when family <> 'unlisted' then cost else 0 end) as listed_cost,
    sum(case when family = 'unlisted' then cost else 0 end) as unlisted_cost
  from usage_rows
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
  where d.day >= $start - 1 and d.day < $end + 1
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
  where c.fees_of is not null and u.cost <> 0 and u.day >= $start - 1 and u.day < $end + 1
  group by u.account_sid, u.day, u.currency, c.fees_of
),

together as (
  select
    account_sid, day, currency, family, service, item_count, unbilled_count, item_units, item_cost, highest_cost,
    failed_cost, unpriced_count, unpriced_units, open_count, 0 as usage_rows, 0 as usage_count, 0 as usage_units,
    cast(0 as decimal(38, 8)) as usage_cost, cast(0 as decimal(38, 8)) as carrier_fee_cost,
    cast(0 as decimal(38, 8)) as unlisted_cost
  from compared_items
  union all
  select
    account_sid, day, currency, family, itemised_by as service, 0 as item_count, 0 as unbilled_count, 0 as item_units,
    cast(0 as decimal(38, 8)) as item_cost, cast(null as decimal(18, 8)) as highest_cost,
    cast(0 as decimal(38, 8)) as failed_cost, 0 as unpriced_count, 0 as unpriced_units, 0 as open_count,
    1 as usage_rows, usage_count, usage_units, cost as usage_cost, cast(0 as decimal(38, 8)) as carrier_fee_cost,
    cast(0 as decimal(38, 8)) as unlisted_cost
  from usage_rows
  where family <> 'unlisted'
  union all
  select
    account_sid, day, currency, 'uncategorised' as family, cast(null as varchar) as service, 0 as item_count,
    0 as unbilled_count, 0 as item_units, cast(0 as decimal(38, 8)) as item_cost,
    cast(null as decimal(18, 8)) as highest_cost,
    cast(0 as decimal(38, 8)) as failed_cost, 0 as unpriced_count, 0 as unpriced_units, 0 as open_count,
    1 as usage_rows, 0 as usage_count, 0 as usage_units, cost as usage_cost,
    cast(0 as decimal(38, 8)) as carrier_fee_cost, unlisted_cost
  from uncategorised
  where cost <> 0
  union all
  select
    account_sid, day, currency, family, 'messages' as service, 0 as item_count, 0 as unbilled_count, 0 as item_units,
    cast(0 as decimal(38, 8)) as item_cost, cast(null as decimal(18, 8)) as highest_cost,
    cast(0 as decimal(38, 8)) as failed_cost, 0 as unpriced_count, 0 as unpriced_units, 0 as open_count,
    0 as usage_rows, 0 as usage_count, 0 as usage_units, cast(0 as decimal(38, 8)) as usage_cost,
    cost as carrier_fee_cost, cast(0 as decimal(38, 8)) as unlisted_cost
  from carrier_fees
),

summed as (
  select
    account_sid,
    day,
    currency,
    family,
    max(service) as service,
    cast(sum(item_count) as bigint) as item_count,
    cast(sum(unbilled_count) as bigint) as unbilled_count,
    cast(sum(item_units) as bigint) as item_units,
    sum(item_cost) as item_cost,
    max(highest_cost) as highest_cost,
    sum(failed_cost) as failed_cost,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(unpriced_units) as bigint) as unpriced_units,
    cast(sum(open_count) as bigint) as open_count,
    max(usage_rows) as usage_rows,
    cast(sum(usage_count) as bigint) as usage_count,
    cast(sum(usage_units) as bigint) as usage_units,
    sum(usage_cost) as usage_cost,
    sum(carrier_fee_cost) as carrier_fee_cost,
    sum(unlisted_cost) as unlisted_cost
  from together
  group by account_sid, day, currency, family
),

-- Records that cost something, of a family in which nothing was used: does usage list it at all?
unseen as (
  select account_sid, day, family
  from summed
  group by account_sid, day, family
  having max(usage_rows) = 0 and max(case when item_cost <> 0 then 1 else 0 end) = 1
),

-- 1:n, the categories of a family; n:1, a usage record is listed once; grouped to the key again
listed as (
  select s.account_sid, s.day, s.family
  from unseen as s
  join usage_categories as c on c.family = s.family
  join usage_records as u on u.account_sid = s.account_sid and u.day = s.day and u.category = c.category
  group by s.account_sid, s.day, s.family
),

-- n:1, grouped by account, day and family
unlisted as (
  select s.account_sid, s.day, s.family
  from unseen as s
  left join listed as l on l.account_sid = s.account_sid and l.day = s.day and l.family = s.family
  where l.account_sid is null
),

final as (
  select
    s.account_sid,
    s.day,
    s.currency,
    s.family,
    s.service,
    s.item_count,
    s.unbilled_count,
    s.item_units,
    s.item_cost,
    s.highest_cost,
    s.failed_cost,
    s.unpriced_count,
    s.unpriced_units,
    s.open_count,
    s.usage_count,
    s.usage_units,
    s.usage_cost,
    s.carrier_fee_cost,
    s.unlisted_cost,
    coalesce(case when s.service = 'calls' then k.calls_complete else k.messages_complete end, false) as list_complete,
    coalesce(k.usage_known, false) and l.account_sid is null as usage_known,
    coalesce(k.usage_final, false) as usage_final
  from summed as s
  -- n:1 each, listed by account and day, and by account, day and family
  left join known_days as k on k.account_sid = s.account_sid and k.day = s.day
  left join unlisted as l on l.account_sid = s.account_sid and l.day = s.day and l.family = s.family
)

select
  account_sid, day, currency, family, service, item_count, unbilled_count, item_units, item_cost, highest_cost,
  failed_cost, unpriced_count, unpriced_units, open_count, usage_count, usage_units, usage_cost, carrier_fee_cost,
  unlisted_cost, list_complete, usage_known, usage_final
from final
