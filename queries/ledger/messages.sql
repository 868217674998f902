-- purpose:    The newest usable observation of each message.
-- kind:       merge by sid
-- parameters: none
-- reads:      staging_messages, repeated_records
-- grain:      sid
-- order:      none
-- columns:
--   ordinal                BIGINT         order of observation over all landing files
--   sid                    VARCHAR
--   account_sid            VARCHAR
--   messaging_service_sid  VARCHAR
--   direction              VARCHAR
--   status                 VARCHAR
--   family                 VARCHAR        family of usage categories that counts it
--   from_address           VARCHAR
--   to_address             VARCHAR
--   charged_at             TIMESTAMP      UTC, when the message was sent; created, where is_undated
--   is_undated             BOOLEAN        Twilio gives no date_sent: no date filter reaches the message
--   segments               INTEGER        0 where Twilio gives none
--   media_count            INTEGER        0 where Twilio gives none
--   error_code             VARCHAR
--   cost                   DECIMAL(18,8)  positive = Twilio charged us: the sign is turned here, once; null = unpriced
--   currency               VARCHAR        ISO 4217, upper case; null where Twilio gives none
--   run_number             INTEGER
--   observed_at            TIMESTAMP      UTC
select
  s.ordinal,
  s.sid,
  s.account_sid,
  s.messaging_service_sid,
  s.direction,
  s.status,
  s.family,
  s.from_address,
  s.to_address,
  s.charged_at,
  s.is_undated,
  s.segments,
  s.media_count,
  s.error_code,
  s.cost,
  s.currency,
  s.run_number,
  s.observed_at
from staging_messages as s
-- n:1, a repeated sid is listed once
left join repeated_records as r on r.service = 'messages' and r.sid = s.sid
where s.defect is null and (r.sid is null or r.newest_ordinal = s.ordinal)
