-- purpose:    Days that hold unpriced records which Twilio may still price: due again, with the usage that counts them.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, accounts
-- grain:      account_sid, resource, day
-- order:      account_sid, resource, day
-- columns:
--   account_sid  VARCHAR
--   resource     VARCHAR  calls, messages, usage_records or consolidated_usage_records
--   day          DATE     UTC
with unpriced as (
  select
    account_sid,
    service,
    day
  from charges
  where cost is null and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by account_sid, service, day
),

final as (
  select
    account_sid,
    service as resource,
    day
  from unpriced
  union
  select
    account_sid,
    'usage_records' as resource,
    day
  from unpriced
  union
  -- n:1, an account is listed once. What is read again of one account is read again of all of them together.
  select
    a.owner_sid as account_sid,
    'consolidated_usage_records' as resource,
    u.day
  from unpriced as u
  join accounts as a on a.sid = u.account_sid
)

select account_sid, resource, day
from final
order by account_sid, resource, day
