-- purpose:    Calls and messages as they are compared with usage: by account, day, currency and family. An unpriced
--             message, to which Twilio gives no currency, stands in the one currency that its account used on that day,
--             if it was one.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_families, usage_days
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   currency        VARCHAR        ISO 4217; empty where neither the records nor usage tell it
--   family          VARCHAR
--   service         VARCHAR        calls or messages
--   item_count      BIGINT         unpriced ones included, unbilled ones not
--   unbilled_count  BIGINT         calls that never connected and cost nothing: Twilio neither bills nor counts them
--                                  (its page "Resolve call log and usage discrepancies")
--   item_units      BIGINT         started minutes or segments
--   item_cost       DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   highest_cost    DECIMAL(18,8)  of one record
--   failed_cost     DECIMAL(38,8)  of messages that failed
--   unpriced_count  BIGINT
--   unpriced_units  BIGINT
--   open_count      BIGINT         unpriced ones that a price may still come for: the unbilled ones left out
with items as (
  select
    account_sid,
    day,
    currency,
    family,
    service,
    record_count - unbilled_count as item_count,
    unbilled_count,
    units as item_units,
    cost as item_cost,
    highest_cost,
    failed_cost,
    unpriced_count,
    unpriced_units,
    open_count
  from charge_families
  where day >= $start and day < $end
),

-- Account-days with records to which nobody gives a currency: next to none. Only their rows are added up once more.
unplaced_days as (
  select account_sid, day
  from items
  group by account_sid, day
  having min(currency) = ''
),

-- n:1, an account-day is listed once
unplaced_items as (
  select
    i.account_sid, i.day, i.currency, i.family, i.service, i.item_count, i.unbilled_count, i.item_units, i.item_cost,
    i.highest_cost, i.failed_cost, i.unpriced_count, i.unpriced_units, i.open_count
  from items as i
  join unplaced_days as d on d.account_sid = i.account_sid and d.day = i.day
),

-- n:1, an account-day is listed once
currencies_used as (
  select u.account_sid, u.day, u.currency
  from usage_days as u
  join unplaced_days as d on d.account_sid = u.account_sid and d.day = u.day
  where u.total_price_cost is not null and u.day >= $start and u.day < $end
  union all
  select account_sid, day, currency
  from unplaced_items
  where currency <> ''
),

-- The currency of an account-day, where it is one.
single_currencies as (
  select account_sid, day, max(currency) as currency
  from currencies_used
  group by account_sid, day
  having min(currency) = max(currency)
),

placed as (
  select
    i.account_sid,
    i.day,
    case when i.currency = '' then coalesce(s.currency, '') else i.currency end as currency,
    i.family,
    i.service,
    i.item_count,
    i.unbilled_count,
    i.item_units,
    i.item_cost,
    i.highest_cost,
    i.failed_cost,
    i.unpriced_count,
    i.unpriced_units,
    i.open_count
  from unplaced_items as i
  -- n:1, grouped by account and day
  left join single_currencies as s on s.account_sid = i.account_sid and s.day = i.day
),

-- n:1, an account-day is listed once
final as (
  select
    i.account_sid, i.day, i.currency, i.family, i.service, i.item_count, i.unbilled_count, i.item_units, i.item_cost,
    i.highest_cost, i.failed_cost, i.unpriced_count, i.unpriced_units, i.open_count
  from items as i
  left join unplaced_days as d on d.account_sid = i.account_sid and d.day = i.day
  where d.account_sid is null
  union all
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
    cast(sum(open_count) as bigint) as open_count
  from placed
  group by account_sid, day, currency, family
)

select
  account_sid, day, currency, family, service, item_count, unbilled_count, item_units, item_cost, highest_cost,
  failed_cost, unpriced_count, unpriced_units, open_count
from final
