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
select
  account_sid,
  day,
  month,
  service,
  currency,
  count(*) as record_count,
  count(*) - count(cost) as unpriced_count,
  cast(sum(minutes) as bigint) as minutes,
  cast(sum(segments) as bigint) as segments,
  coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
from charges
group by account_sid, day, month, service, currency
