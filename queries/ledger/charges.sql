-- purpose:    What Twilio charged for each call and each message: the itemised book. One that never took place, without
--             date and price, is no charge; with a price it is one, of the day on which it was created.
-- kind:       view
-- parameters: none
-- reads:      calls, messages
-- grain:      service, sid
-- order:      none
-- columns:
--   service                VARCHAR        calls or messages
--   family                 VARCHAR        family of usage categories that counts it
--   sid                    VARCHAR
--   account_sid            VARCHAR
--   charged_at             TIMESTAMP      UTC, when the call started or the message was sent
--   day                    DATE           UTC
--   month                  DATE           UTC, first day
--   direction              VARCHAR
--   status                 VARCHAR
--   outside_address        VARCHAR        of who called in or sent, else of who was called or sent to; as landed
--   own_address            VARCHAR        the other one; as landed: of the leg of a dial it is masked too
--   currency               VARCHAR        ISO 4217; empty where Twilio gives none, as on fresh messages
--   cost             DECIMAL(18,8)  in currency; positive = Twilio charged us; null = unpriced
--   minutes                INTEGER        started minutes; 0 for messages
--   segments               INTEGER        0 for calls
--   number_sid             VARCHAR        of the own number that was called; null of other calls, and of messages
--   messaging_service_sid  VARCHAR        that sent or received the message; null without one, and of calls
select
  'calls' as service,
  family,
  sid,
  account_sid,
  charged_at,
  cast(charged_at as date) as day,
  cast(date_trunc('month', charged_at) as date) as month,
  direction,
  status,
  case when direction in ('inbound', 'trunking-originating') then from_address else to_address end as outside_address,
  case when direction in ('inbound', 'trunking-originating') then to_address else from_address end as own_address,
  coalesce(currency, '') as currency,
  cost,
  cast((duration_seconds + 59) // 60 as integer) as minutes,
  0 as segments,
  case when direction in ('inbound', 'trunking-originating') then phone_number_sid end as number_sid,
  cast(null as varchar) as messaging_service_sid
from calls
where not is_undated or cost is not null
union all
select
  'messages' as service,
  family,
  sid,
  account_sid,
  charged_at,
  cast(charged_at as date) as day,
  cast(date_trunc('month', charged_at) as date) as month,
  direction,
  status,
  case when direction = 'inbound' then from_address else to_address end as outside_address,
  case when direction = 'inbound' then to_address else from_address end as own_address,
  coalesce(currency, '') as currency,
  cost,
  0 as minutes,
  segments,
  cast(null as varchar) as number_sid,
  messaging_service_sid
from messages
where not is_undated or cost is not null
