-- purpose:    Itemised records beside Twilio's Usage Records, by account, day, currency and family, with all that the
--             difference is explained from. Families that no list itemises stand here too, so that usage adds up to
--             `totalprice`.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_items, compared_usage, unlisted_families, known_days
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
with items as (
  select
    account_sid, day, currency, family, service, item_count, unbilled_count, item_units, item_cost, highest_cost,
    failed_cost, unpriced_count, unpriced_units, open_count
  from compared_items
  where day >= $start and day < $end
),

used as (
  select
    account_sid, day, currency, family, service, usage_count, usage_units, usage_cost, carrier_fee_cost, unlisted_cost
  from compared_usage
  where day >= $start and day < $end
),

-- 1:1, both are keyed by account, day, currency and family
summed as (
  select
    coalesce(i.account_sid, u.account_sid) as account_sid,
    coalesce(i.day, u.day) as day,
    coalesce(i.currency, u.currency) as currency,
    coalesce(i.family, u.family) as family,
    coalesce(i.service, u.service) as service,
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
    coalesce(u.usage_cost, cast(0 as decimal(38, 8))) as usage_cost,
    coalesce(u.carrier_fee_cost, cast(0 as decimal(38, 8))) as carrier_fee_cost,
    coalesce(u.unlisted_cost, cast(0 as decimal(38, 8))) as unlisted_cost
  from items as i
  full join used as u
    on u.account_sid = i.account_sid
    and u.day = i.day
    and u.currency = i.currency
    and u.family = i.family
),

known as (
  select account_sid, day, calls_complete, messages_complete, usage_known, usage_final
  from known_days
  where day >= $start and day < $end
),

unlisted as (
  select account_sid, day, family
  from unlisted_families
  where day >= $start and day < $end
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
  left join known as k on k.account_sid = s.account_sid and k.day = s.day
  left join unlisted as l on l.account_sid = s.account_sid and l.day = s.day and l.family = s.family
)

select
  account_sid, day, currency, family, service, item_count, unbilled_count, item_units, item_cost, highest_cost,
  failed_cost, unpriced_count, unpriced_units, open_count, usage_count, usage_units, usage_cost, carrier_fee_cost,
  unlisted_cost, list_complete, usage_known, usage_final
from final
