-- purpose:    The newest usable observation of each daily usage record of the main account with all its subaccounts:
--             what Twilio itself adds up to.
-- kind:       merge by account_sid, day, category, currency
-- parameters: none
-- reads:      staging_usage_records
-- grain:      account_sid, day, category, currency
-- order:      none
-- columns:
--   ordinal      BIGINT         order of observation over all landing files
--   account_sid  VARCHAR
--   day          DATE           UTC
--   category     VARCHAR        Twilio's usage category
--   count_text   VARCHAR        as Twilio sent it; null for totalprice
--   count_unit   VARCHAR
--   usage_text   VARCHAR        as Twilio sent it
--   usage_unit   VARCHAR
--   usage_count  BIGINT         count as a number; null where it is no whole one
--   usage_units  BIGINT         usage as a number: minutes, segments …; null where it is no whole one
--   cost         DECIMAL(18,8)  positive = Twilio charged us, as usage records have it already
--   currency     VARCHAR        ISO 4217, upper case
--   as_of        TIMESTAMP      UTC, up to when Twilio had counted
--   run_number   INTEGER
--   observed_at  TIMESTAMP      UTC
with newest as (
  select
    account_sid,
    day,
    category,
    currency,
    max(ordinal) as ordinal
  from staging_usage_records
  where defect is null and include_subaccounts
  group by account_sid, day, category, currency
)

select
  s.ordinal,
  s.account_sid,
  s.day,
  s.category,
  s.count_text,
  s.count_unit,
  s.usage_text,
  s.usage_unit,
  s.usage_count,
  s.usage_units,
  s.cost,
  s.currency,
  s.as_of,
  s.run_number,
  s.observed_at
from staging_usage_records as s
-- 1:1, an ordinal is given once
join newest as n on n.ordinal = s.ordinal
