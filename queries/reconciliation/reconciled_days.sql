-- purpose:    The comparison: by account, day, currency and family of the period, the difference between usage and
--             records and the amounts of its causes, which add up to it.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      compared_days, exact_causes, tolerances
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid            VARCHAR
--   day                    DATE           UTC
--   currency               VARCHAR        ISO 4217; empty where nobody tells it
--   family                 VARCHAR
--   service                VARCHAR        calls or messages; null where no list itemises the family
--   item_count             BIGINT         unpriced ones included
--   usage_count            BIGINT
--   item_units             BIGINT         started minutes or segments
--   usage_units            BIGINT
--   item_cost              DECIMAL(38,8)  of the priced records; positive = Twilio charged us
--   usage_cost             DECIMAL(38,8)  null where usage is unknown
--   difference             DECIMAL(38,8)  usage_cost less item_cost; null where usage is unknown
--   unpriced_rows          DECIMAL(38,8)  usage counts the cost of records that have no price yet
--   usage_not_final        DECIMAL(38,8)  Twilio had not finished counting the day
--   deleted_at_twilio      DECIMAL(38,8)  records that only one side still has
--   not_itemised           DECIMAL(38,8)  no list shows it
--   carrier_fees           DECIMAL(38,8)  held by the prices of messages, listed apart by usage
--   failed_message_fees    DECIMAL(38,8)  prices of messages that failed, listed apart by usage
--   day_attribution        DECIMAL(38,8)  usage counts it on the day beside
--   minute_rounding        DECIMAL(38,8)  usage counts other minutes of as many calls
--   currency_mismatch      DECIMAL(38,8)  usage stands in another currency than the records
--   restated               DECIMAL(38,8)  usage or a price was changed, and the other one was not
--   extraction_incomplete  DECIMAL(38,8)  the list of the records was not read whole
--   surplus_rows           DECIMAL(38,8)  rows that are listed and not counted: listed twice, or another account's
--   unexplained            DECIMAL(38,8)  none of these
--   unpriced_count         BIGINT
--   unbilled_count         BIGINT         calls that never connected and cost nothing
--   status                 VARCHAR        agrees, explained, pending, unknown, differs; not_compared where no list
--                                         itemises the family
-- How much may a record without a price have cost? Not more, by the record or by its units, than the dearest that is
-- known.
with account_highs as (
  select account_sid, currency, family, service, max(highest_cost) as highest_cost
  from compared_days
  where service is not null and day >= $start - 1 and day < $end + 1
  group by account_sid, currency, family, service
),

highs as (
  select currency, family, max(highest_cost) as highest_cost
  from account_highs
  group by currency, family
),

service_highs as (
  select currency, service, max(highest_cost) as highest_cost
  from account_highs
  group by currency, service
),

-- What the exact causes leave has one cause at most: the first for which there is evidence, and of which it may be the
-- amount.
-- 1:1, both are keyed by account, day, currency and family; n:1 each, with the dearest records of the account and of
-- all
residuals as (
  select
    e.account_sid,
    e.day,
    e.currency,
    e.family,
    e.residual,
    d.service,
    d.list_complete,
    d.usage_final,
    d.open_count,
    d.unpriced_units,
    d.item_count,
    d.usage_count,
    d.usage_count - d.item_count as count_difference,
    d.usage_units - d.item_units as units_difference,
    coalesce(a.highest_cost, h.highest_cost, s.highest_cost) as highest_cost
  from exact_causes as e
  join compared_days as d
    on d.account_sid = e.account_sid
    and d.day = e.day
    and d.currency = e.currency
    and d.family = e.family
  left join account_highs as a
    on a.account_sid = e.account_sid
    and a.currency = e.currency
    and a.family = e.family
  left join highs as h on h.currency = e.currency and h.family = e.family
  left join service_highs as s on s.currency = e.currency and s.service = d.service
  where e.residual <> 0 and e.day >= $start and e.day < $end and d.day >= $start and d.day < $end
),

caused as (
  select
    account_sid,
    day,
    currency,
    family,
    residual,
    case
      when service is not null and not list_complete then 'extraction_incomplete'
      when not usage_final then 'usage_not_final'
      when service is null then 'unexplained'
      when
        open_count > 0
        and residual > 0
        and (highest_cost is null or residual <= greatest(open_count, unpriced_units) * highest_cost)
        then 'unpriced_rows'
      when
        count_difference > 0
        and residual > 0
        -- Where nothing is listed, all that usage counts is missing, whatever it cost.
        and (item_count = 0 or residual <= greatest(count_difference, units_difference) * highest_cost)
        then 'deleted_at_twilio'
      when
        count_difference < 0
        and usage_count > 0
        and residual < 0
        and -residual <= greatest(-count_difference, -units_difference) * highest_cost
        then 'surplus_rows'
      when
        service = 'calls'
        and count_difference = 0
        and units_difference <> 0
        and (residual > 0) = (units_difference > 0)
        and abs(residual) <= abs(units_difference) * highest_cost
        then 'minute_rounding'
      else 'unexplained'
    end as cause
  from residuals
),

unexplained_sums as (
  select currency, sum(abs(residual)) as cost
  from caused
  where cause = 'unexplained'
  group by currency
),

-- n:1 each, a currency is listed once
beyond_tolerance as (
  select u.currency
  from unexplained_sums as u
  left join tolerances as t on t.currency = u.currency
  where u.cost > coalesce(t.amount, cast(0 as decimal(38, 8)))
),

-- 1:1, both are keyed by account, day, currency and family; n:1, a currency is listed once
causes as (
  select
    e.account_sid,
    e.day,
    e.currency,
    e.family,
    e.carrier_fees,
    e.failed_message_fees,
    e.currency_mismatch,
    e.restated,
    e.deleted_at_twilio,
    e.not_itemised,
    e.day_attribution,
    e.residual,
    c.cause,
    b.currency is not null as is_beyond_tolerance
  from exact_causes as e
  left join caused as c
    on c.account_sid = e.account_sid
    and c.day = e.day
    and c.currency = e.currency
    and c.family = e.family
  left join beyond_tolerance as b on b.currency = e.currency
),

-- 1:1, both are keyed by account, day, currency and family
measured as (
  select
    d.account_sid,
    d.day,
    d.currency,
    d.family,
    d.service,
    d.item_count,
    d.usage_count,
    d.item_units,
    d.usage_units,
    d.item_cost,
    d.usage_cost,
    d.unpriced_count,
    d.unbilled_count,
    d.open_count,
    d.usage_known,
    d.usage_final,
    case when d.usage_known then d.usage_cost - d.item_cost end as difference,
    -- A family that no list itemises has no record to be compared with.
    case
      when d.usage_known and d.service is null and d.family <> 'uncategorised' then d.usage_cost
      else coalesce(e.not_itemised, cast(0 as decimal(38, 8)))
    end as not_itemised,
    coalesce(e.carrier_fees, cast(0 as decimal(38, 8))) as carrier_fees,
    coalesce(e.failed_message_fees, cast(0 as decimal(38, 8))) as failed_message_fees,
    coalesce(e.currency_mismatch, cast(0 as decimal(38, 8))) as currency_mismatch,
    coalesce(e.restated, cast(0 as decimal(38, 8))) as restated,
    coalesce(e.deleted_at_twilio, cast(0 as decimal(38, 8))) as deleted_exactly,
    coalesce(e.day_attribution, cast(0 as decimal(38, 8))) as day_attribution,
    coalesce(e.residual, cast(0 as decimal(38, 8))) as residual,
    coalesce(e.cause, 'none') as cause,
    coalesce(e.is_beyond_tolerance, false) as is_beyond_tolerance
  from compared_days as d
  left join causes as e
    on e.account_sid = d.account_sid
    and e.day = d.day
    and e.currency = d.currency
    and e.family = d.family
  where d.day >= $start and d.day < $end
),

final as (
  select
    account_sid,
    day,
    currency,
    family,
    service,
    item_count,
    usage_count,
    item_units,
    usage_units,
    item_cost,
    case when usage_known then usage_cost end as usage_cost,
    difference,
    case when cause = 'unpriced_rows' then residual else cast(0 as decimal(38, 8)) end as unpriced_rows,
    case when cause = 'usage_not_final' then residual else cast(0 as decimal(38, 8)) end as usage_not_final,
    deleted_exactly
    + case when cause = 'deleted_at_twilio' then residual else cast(0 as decimal(38, 8)) end as deleted_at_twilio,
    not_itemised,
    carrier_fees,
    failed_message_fees,
    day_attribution,
    case when cause = 'minute_rounding' then residual else cast(0 as decimal(38, 8)) end as minute_rounding,
    currency_mismatch,
    restated,
    case when cause = 'extraction_incomplete' then residual else cast(0 as decimal(38, 8)) end
      as extraction_incomplete,
    case when cause = 'surplus_rows' then residual else cast(0 as decimal(38, 8)) end as surplus_rows,
    case when cause = 'unexplained' then residual else cast(0 as decimal(38, 8)) end as unexplained,
    unpriced_count,
    unbilled_count,
    case
      when not usage_known then 'unknown'
      when cause = 'unexplained' and is_beyond_tolerance then 'differs'
      when cause = 'extraction_incomplete' then 'unknown'
      when service is null and cause = 'none' then 'not_compared'
      when cause in ('unpriced_rows', 'usage_not_final') or open_count > 0 then 'pending'
      -- Where there is nothing but calls that never connected, a day need not be final.
      when not usage_final and (item_count > 0 or usage_count > 0) then 'pending'
      when difference <> 0 then 'explained'
      else 'agrees'
    end as status
  from measured
)

select
  account_sid, day, currency, family, service, item_count, usage_count, item_units, usage_units, item_cost, usage_cost,
  difference, unpriced_rows, usage_not_final, deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees,
  day_attribution, minute_rounding, currency_mismatch, restated, extraction_incomplete, surplus_rows, unexplained,
  unpriced_count, unbilled_count, status
from final
