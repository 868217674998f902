-- purpose:    Charges with all that two of them must share if the price of one is to tell what the other will cost.
-- kind:       view
-- parameters: none
-- reads:      charges
-- grain:      service, sid
-- order:      none
-- columns:
--   service       VARCHAR        calls or messages
--   sid           VARCHAR
--   account_sid   VARCHAR
--   charged_at    TIMESTAMP      UTC, when the call started or the message was sent
--   day           DATE           UTC
--   month         DATE           UTC, first day
--   family        VARCHAR        family of usage categories that counts it
--   direction     VARCHAR        Twilio's
--   kind          VARCHAR        connected_call, unconnected_call (of 0 minutes), call_under_way, message or
--                                failed_message
--   calling_code  VARCHAR        of the number outside, without plus; empty where that is no E.164 number
--   currency      VARCHAR        ISO 4217; empty where Twilio gives none
--   cost          DECIMAL(18,8)  in currency; positive = Twilio charged us; null = unpriced
--   units         INTEGER        started minutes or segments, at least 1; 1 for a failed message
with kinds as (
  select
    service,
    sid,
    account_sid,
    charged_at,
    day,
    month,
    family,
    direction,
    -- Calls that never connected mostly cost nothing, and failed messages a fee: neither tells what others cost.
    case
      when service = 'messages' then case when status in ('failed', 'canceled') then 'failed_message' else 'message' end
      when minutes > 0 then 'connected_call'
      when status in ('queued', 'initiated', 'ringing', 'in-progress') then 'call_under_way'
      else 'unconnected_call'
    end as kind,
    outside_address,
    currency,
    cost,
    minutes + segments as quantity
  from charges
)

select
  service,
  sid,
  account_sid,
  charged_at,
  day,
  month,
  family,
  direction,
  kind,
  coalesce(calling_code(outside_address), '') as calling_code,
  currency,
  cost,
  case when kind = 'failed_message' then 1 else greatest(quantity, 1) end as units
from kinds
