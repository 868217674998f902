-- purpose:    Every call and message that Twilio has not priced yet: counted in no cost.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, account_customers
-- grain:      service, sid
-- order:      charged_at, service, sid
-- totals:     minutes, segments
-- columns:
--   month        DATE       UTC, first day
--   charged_at   TIMESTAMP  UTC, when the call started or the message was sent
--   service      VARCHAR    calls or messages
--   sid          VARCHAR
--   account_sid  VARCHAR
--   customer_id  VARCHAR
--   direction    VARCHAR
--   status       VARCHAR    of the call or message
--   currency     VARCHAR    ISO 4217; empty where Twilio gives none yet
--   minutes      INTEGER    started minutes; 0 for messages
--   segments     INTEGER    0 for calls
with unpriced as (
  select month, day, charged_at, service, sid, account_sid, direction, status, currency, minutes, segments
  from charges
  where day >= $start and day < $end and cost is null
),

final as (
  select
    u.month,
    u.charged_at,
    u.service,
    u.sid,
    u.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    u.direction,
    u.status,
    u.currency,
    u.minutes,
    u.segments
  from unpriced as u
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= u.day
    and c.valid_to > u.day
)

select month, charged_at, service, sid, account_sid, customer_id, direction, status, currency, minutes, segments
from final
order by charged_at, service, sid
