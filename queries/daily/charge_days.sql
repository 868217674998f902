-- purpose:    Calls and messages added up by account, day, service and currency: what most reports start from.
-- kind:       view
-- parameters: none
-- reads:      charge_families
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
with final as (
  select
    account_sid,
    day,
    cast(date_trunc('month', day) as date) as month,
    service,
    currency,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(case when service = 'calls' then units else 0 end) as bigint) as minutes,
    cast(sum(case when service = 'messages' then units else 0 end) as bigint) as segments,
    sum(cost) as cost
  from charge_families
  group by account_sid, day, service, currency
)

select account_sid, day, month, service, currency, record_count, unpriced_count, minutes, segments, cost
from final
