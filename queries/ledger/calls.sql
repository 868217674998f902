-- purpose:    The newest usable observation of each call.
-- kind:       merge by sid
-- parameters: none
-- reads:      staging_calls, repeated_records
-- grain:      sid
-- order:      none
-- columns:
--   ordinal           BIGINT         order of observation over all landing files
--   sid               VARCHAR
--   account_sid       VARCHAR
--   parent_call_sid   VARCHAR
--   phone_number_sid  VARCHAR
--   direction         VARCHAR
--   status            VARCHAR
--   family            VARCHAR        family of usage categories that counts it
--   from_address      VARCHAR
--   to_address        VARCHAR
--   charged_at        TIMESTAMP      UTC, when the call started; created, where is_undated
--   is_undated        BOOLEAN        Twilio gives no start_time: no date filter reaches the call
--   duration_seconds  INTEGER        0 where Twilio gives none
--   cost              DECIMAL(18,8)  positive = Twilio charged us: the sign is turned here, once; null = unpriced
--   currency          VARCHAR        ISO 4217, upper case; null where Twilio gives none
--   run_number        INTEGER
--   observed_at       TIMESTAMP      UTC
select
  s.ordinal,
  s.sid,
  s.account_sid,
  s.parent_call_sid,
  s.phone_number_sid,
  s.direction,
  s.status,
  s.family,
  s.from_address,
  s.to_address,
  s.charged_at,
  s.is_undated,
  s.duration_seconds,
  s.cost,
  s.currency,
  s.run_number,
  s.observed_at
from staging_calls as s
-- n:1, a repeated sid is listed once
left join repeated_records as r on r.service = 'calls' and r.sid = s.sid
where s.defect is null and (r.sid is null or r.newest_ordinal = s.ordinal)
