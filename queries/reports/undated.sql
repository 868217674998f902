-- purpose:    Every call without start_time and every message without date_sent: no date filter of Twilio's reaches
--             them, so they are looked for in the whole list.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      calls, messages, account_customers
-- grain:      service, sid
-- order:      created_at, service, sid
-- columns:
--   month        DATE           UTC, first day
--   created_at   TIMESTAMP      UTC
--   service      VARCHAR        calls or messages
--   sid          VARCHAR
--   account_sid  VARCHAR
--   customer_id  VARCHAR
--   direction    VARCHAR
--   status       VARCHAR        of the call or message when it was seen last: queued, scheduled, failed, canceled, …
--   currency     VARCHAR        ISO 4217; empty where Twilio gives none
--   cost         DECIMAL(18,8)  in currency, counted on its day; empty = no price: no charge, counted nowhere
with undated as (
  select 'calls' as service, sid, account_sid, charged_at as created_at, direction, status, currency, cost
  from calls
  where is_undated and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  union all
  select 'messages' as service, sid, account_sid, charged_at as created_at, direction, status, currency, cost
  from messages
  where is_undated and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
),

final as (
  select
    cast(date_trunc('month', u.created_at) as date) as month,
    u.created_at,
    u.service,
    u.sid,
    u.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    u.direction,
    u.status,
    coalesce(u.currency, '') as currency,
    u.cost
  from undated as u
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= cast(u.created_at as date)
    and c.valid_to > cast(u.created_at as date)
)

select month, created_at, service, sid, account_sid, customer_id, direction, status, currency, cost
from final
order by created_at, service, sid
