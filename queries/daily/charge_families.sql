-- purpose:    Calls and messages by account, day, currency and family of usage categories: what every sum by day is
--             made of.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   currency        VARCHAR        ISO 4217; empty where Twilio gives none, as on fresh messages
--   family          VARCHAR        as usage_categories.csv has it
--   service         VARCHAR        calls or messages
--   record_count    BIGINT         unpriced and unbilled ones included
--   unbilled_count  BIGINT         calls that never connected and cost nothing: Twilio neither bills nor counts them
--                                  (its page "Resolve call log and usage discrepancies")
--   units           BIGINT         started minutes or segments
--   cost            DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   highest_cost    DECIMAL(18,8)  of one record; null where none is priced
--   failed_cost     DECIMAL(38,8)  of messages that failed
--   unpriced_count  BIGINT
--   unpriced_units  BIGINT
--   open_count      BIGINT         unpriced ones that a price may still come for: the unbilled ones left out
-- Each service by itself: its name beside the family would be hashed and compared for every record.
with call_families as (
  select
    account_sid,
    day,
    currency,
    family,
    count(*) as record_count,
    sum(
      case
        when coalesce(cost, 0) <> 0 then 0
        when status in ('busy', 'failed', 'no-answer', 'canceled') then 1
        else 0
      end
    ) as unbilled_count,
    sum(minutes) as units,
    sum(cost) as cost,
    max(cost) as highest_cost,
    count(*) - count(cost) as unpriced_count,
    sum(case when cost is null then minutes else 0 end) as unpriced_units,
    sum(
      case
        when cost is not null then 0
        when status in ('busy', 'failed', 'no-answer', 'canceled') then 0
        else 1
      end
    ) as open_count
  from charges
  where
    service = 'calls'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, currency, family
),

message_families as (
  select
    account_sid,
    day,
    currency,
    family,
    count(*) as record_count,
    sum(segments) as units,
    sum(cost) as cost,
    max(cost) as highest_cost,
    sum(case when status = 'failed' then cost end) as failed_cost,
    count(*) - count(cost) as unpriced_count,
    sum(case when cost is null then segments else 0 end) as unpriced_units
  from charges
  where
    service = 'messages'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, currency, family
),

final as (
  select
    account_sid,
    day,
    currency,
    family,
    'calls' as service,
    record_count,
    cast(unbilled_count as bigint) as unbilled_count,
    cast(units as bigint) as units,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost,
    highest_cost,
    cast(0 as decimal(38, 8)) as failed_cost,
    unpriced_count,
    cast(unpriced_units as bigint) as unpriced_units,
    cast(open_count as bigint) as open_count
  from call_families
  union all
  select
    account_sid,
    day,
    currency,
    family,
    'messages' as service,
    record_count,
    cast(0 as bigint) as unbilled_count,
    cast(units as bigint) as units,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost,
    highest_cost,
    coalesce(failed_cost, cast(0 as decimal(38, 8))) as failed_cost,
    unpriced_count,
    cast(unpriced_units as bigint) as unpriced_units,
    unpriced_count as open_count
  from message_families
)

select
  account_sid, day, currency, family, service, record_count, unbilled_count, units, cost, highest_cost, failed_cost,
  unpriced_count, unpriced_units, open_count
from final
