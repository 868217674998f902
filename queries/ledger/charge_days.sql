-- purpose:    Calls and messages added up by account, day, service and currency: what most reports start from.
-- kind:       view
-- parameters: none
-- reads:      charges
-- grain:      account_sid, day, service, currency
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   month           DATE           UTC, first day
--   service         VARCHAR        calls or messages
--   currency        VARCHAR        ISO 4217; empty where Twilio gives none
--   record_count    BIGINT
--   unpriced_count  BIGINT         of those, without a price yet
--   minutes         BIGINT         started minutes; 0 for messages
--   segments        BIGINT         0 for calls
--   cost            DECIMAL(38,8)  of the priced records; positive = Twilio charged us
-- Each service by itself, and the month from the day: what is the same for a whole group need not be part of its key.
with call_days as (
  select
    account_sid,
    day,
    currency,
    count(*) as record_count,
    count(*) - count(cost) as unpriced_count,
    sum(minutes) as minutes,
    sum(cost) as cost
  from charges
  where service = 'calls'
  group by account_sid, day, currency
),

message_days as (
  select
    account_sid,
    day,
    currency,
    count(*) as record_count,
    count(*) - count(cost) as unpriced_count,
    sum(segments) as segments,
    sum(cost) as cost
  from charges
  where service = 'messages'
  group by account_sid, day, currency
),

final as (
  select
    account_sid,
    day,
    cast(date_trunc('month', day) as date) as month,
    'calls' as service,
    currency,
    record_count,
    unpriced_count,
    cast(minutes as bigint) as minutes,
    cast(0 as bigint) as segments,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost
  from call_days
  union all
  select
    account_sid,
    day,
    cast(date_trunc('month', day) as date) as month,
    'messages' as service,
    currency,
    record_count,
    unpriced_count,
    cast(0 as bigint) as minutes,
    cast(segments as bigint) as segments,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost
  from message_days
)

select account_sid, day, month, service, currency, record_count, unpriced_count, minutes, segments, cost
from final
