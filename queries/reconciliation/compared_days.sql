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
with categorised as (
  select
    account_sid,
    day,
    currency,
    sum(case when family <> 'unlisted' then cost else 0 end) as listed_cost,
    sum(case when family = 'unlisted' then cost else 0 end) as unlisted_cost
  from usage_families
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

listed_families as (
  select account_sid, day, currency, family, itemised_by, usage_count, usage_units, cost
  from usage_families
  where family <> 'unlisted'
),

-- 1:1 each, all are grouped by account, day, currency and family
summed as (
  select
    coalesce(i.account_sid, u.account_sid, f.account_sid) as account_sid,
    coalesce(i.day, u.day, f.day) as day,
    coalesce(i.currency, u.currency, f.currency) as currency,
    coalesce(i.family, u.family, f.family) as family,
    coalesce(i.service, u.itemised_by, case when f.account_sid is not null then 'messages' end) as service,
    coalesce(i.item_count, 0) as item_count,
    coalesce(i.unbilled_count, 0) as unbilled_count,
    coalesce(i.item_units, 0) as item_units,
    coalesce(i.item_cost, cast(0 as decimal(38, 8))) as item_cost,
    i.highest_cost,
    coalesce(i.failed_cost, cast(0 as decimal(38, 8))) as failed_cost,
    coalesce(i.unpriced_count, 0) as unpriced_count,
    coalesce(i.unpriced_units, 0) as unpriced_units,
    coalesce(i.open_count, 0) as open_count,
    coalesce(u.usage_count, 0) as usage_count,
    coalesce(u.usage_units, 0) as usage_units,
    coalesce(u.cost, cast(0 as decimal(38, 8))) as usage_cost,
    coalesce(f.cost, cast(0 as decimal(38, 8))) as carrier_fee_cost,
    cast(0 as decimal(38, 8)) as unlisted_cost
  from compared_items as i
  full join listed_families as u
    on u.account_sid = i.account_sid
    and u.day = i.day
    and u.currency = i.currency
    and u.family = i.family
  full join carrier_fees as f
    on f.account_sid = coalesce(i.account_sid, u.account_sid)
    and f.day = coalesce(i.day, u.day)
    and f.currency = coalesce(i.currency, u.currency)
    and f.family = coalesce(i.family, u.family)
  union all
  select
    account_sid, day, currency, 'uncategorised' as family, cast(null as varchar) as service, 0 as item_count,
    0 as unbilled_count, 0 as item_units, cast(0 as decimal(38, 8)) as item_cost,
    cast(null as decimal(18, 8)) as highest_cost, cast(0 as decimal(38, 8)) as failed_cost, 0 as unpriced_count,
    0 as unpriced_units, 0 as open_count, 0 as usage_count, 0 as usage_units, cost as usage_cost,
    cast(0 as decimal(38, 8)) as carrier_fee_cost, unlisted_cost
  from uncategorised
  where cost <> 0
),

-- Records that cost something, of a family in which nothing was used: does usage list it at all?
-- n:m on purpose, by currency on both sides: only what has no counterpart is kept, and grouped
unseen as (
  select i.account_sid, i.day, i.family
  from compared_items as i
  left join usage_families as u on u.account_sid = i.account_sid and u.day = i.day and u.family = i.family
  where i.item_cost <> 0 and u.account_sid is null
  group by i.account_sid, i.day, i.family
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
