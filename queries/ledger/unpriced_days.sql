-- purpose:    Days that hold unpriced records which Twilio may still price: due again, with the usage that counts them.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges
-- grain:      account_sid, resource, day
-- order:      account_sid, resource, day
-- columns:
--   account_sid  VARCHAR
--   resource     VARCHAR  calls, messages or usage_records
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
)

select account_sid, resource, day
from final
order by account_sid, resource, day
