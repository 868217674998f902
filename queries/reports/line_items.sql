-- purpose:    Every call and message of the period, one by one: the bulk export, in no published set.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, account_customers
-- grain:      service, sid
-- order:      charged_at, service, sid
-- totals:     cost, minutes, segments
-- published:  no
-- columns:
--   month            DATE           UTC, first day
--   charged_at       TIMESTAMP      UTC, when the call started or the message was sent
--   service          VARCHAR        calls or messages
--   sid              VARCHAR
--   account_sid      VARCHAR
--   customer_id      VARCHAR        whose the account was on that day; `unallocated` = nobody's
--   direction        VARCHAR        Twilio's
--   status           VARCHAR        of the call or message
--   outside_address  VARCHAR        of who called in or sent, else of who was called or sent to; as landed: without its
--                                   last four digits, unless numbers are kept
--   currency         VARCHAR        ISO 4217; empty where Twilio gives none yet
--   cost             DECIMAL(18,8)  in currency; positive = Twilio charged us; empty = unpriced, which is not 0
--   minutes          INTEGER        started minutes; 0 for messages
--   segments         INTEGER        0 for calls
with final as (
  select
    r.month,
    r.charged_at,
    r.service,
    r.sid,
    r.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    r.direction,
    r.status,
    r.outside_address,
    r.currency,
    r.cost,
    r.minutes,
    r.segments
  from charges as r
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = r.account_sid
    and c.valid_from <= r.day
    and c.valid_to > r.day
  where r.charged_at >= cast($start as timestamp) and r.charged_at < cast($end as timestamp)
)

select
  month, charged_at, service, sid, account_sid, customer_id, direction, status, outside_address, currency, cost,
  minutes, segments
from final
order by charged_at, service, sid
