-- purpose:    Calls and messages of the period, and of the days beside it, as they are compared with usage: by account,
--             day, currency and family. An unpriced message, to which Twilio gives no currency, stands in the one
--             currency that its account used on that day, if it was one.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, usage_records
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
with judged as (
  select
    account_sid,
    day,
    currency,
    family,
    service,
    status,
    cost,
    minutes + segments as units,
    case
      when service = 'calls' and status in ('busy', 'failed', 'no-answer', 'canceled') and coalesce(cost, 0) = 0 then 1
      else 0
    end as unbilled
  from charges
  where charged_at >= cast($start - 1 as timestamp) and charged_at < cast($end + 1 as timestamp)
),

items as (
  select
    account_sid,
    day,
    currency,
    family,
    service,
    count(*) - sum(unbilled) as item_count,
    sum(unbilled) as unbilled_count,
    sum(units) as item_units,
    sum(cost) as item_cost,
    max(cost) as highest_cost,
    sum(case when service = 'messages' and status = 'failed' then cost end) as failed_cost,
    count(*) - count(cost) as unpriced_count,
    sum(case when cost is null then units else 0 end) as unpriced_units,
    sum(case when cost is null and unbilled = 0 then 1 else 0 end) as open_count
  from judged
  group by account_sid, day, currency, family, service
),

-- The currency of an account-day, where it is one.
currencies_used as (
  select account_sid, day, currency
  from usage_records
  where day >= $start - 1 and day < $end + 1 and category = 'totalprice'
  union all
  select account_sid, day, currency
  from items
  where currency <> ''
),

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
  from items as i
  -- n:1, grouped by account and day
  left join single_currencies as s on s.account_sid = i.account_sid and s.day = i.day and i.currency = ''
),

final as (
  select
    account_sid,
    day,
    currency,
    family,
    max(service) as service,
    cast(sum(item_count) as bigint) as item_count,
    cast(sum(unbilled_count) as bigint) as unbilled_count,
    cast(sum(item_units) as bigint) as item_units,
    coalesce(sum(item_cost), cast(0 as decimal(38, 8))) as item_cost,
    max(highest_cost) as highest_cost,
    coalesce(sum(failed_cost), cast(0 as decimal(38, 8))) as failed_cost,
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
