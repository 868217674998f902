-- purpose:    Observations that cannot be used, with the reason: they are in no figure until Twilio sends them whole.
-- kind:       append
-- parameters: none
-- reads:      staging_calls, staging_messages, staging_usage_records
-- grain:      resource, ordinal
-- order:      none
-- columns:
--   resource     VARCHAR    calls, messages, usage_records or consolidated_usage_records
--   record_key   VARCHAR    the sid, or day and category of a usage record
--   account_sid  VARCHAR
--   day          DATE       UTC; null where the date itself is damaged
--   defect       VARCHAR
--   price_text   VARCHAR    as Twilio sent it
--   currency     VARCHAR    upper case; empty where Twilio gives none
--   run_number   INTEGER
--   observed_at  TIMESTAMP  UTC
--   ordinal      BIGINT
select
  'calls' as resource,
  sid as record_key,
  account_sid,
  cast(charged_at as date) as day,
  defect,
  price_text,
  coalesce(currency, '') as currency,
  run_number,
  observed_at,
  ordinal
from staging_calls
where defect is not null
union all
select
  'messages' as resource,
  sid as record_key,
  account_sid,
  cast(charged_at as date) as day,
  defect,
  price_text,
  coalesce(currency, '') as currency,
  run_number,
  observed_at,
  ordinal
from staging_messages
where defect is not null
union all
select
  case when include_subaccounts then 'consolidated_usage_records' else 'usage_records' end as resource,
  coalesce(cast(day as varchar), '?') || ' ' || coalesce(category, '?') as record_key,
  account_sid,
  day,
  defect,
  price_text,
  coalesce(currency, '') as currency,
  run_number,
  observed_at,
  ordinal
from staging_usage_records
where defect is not null
