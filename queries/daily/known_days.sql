-- purpose:    What is known of each account-day: are its lists and its Usage Records whole, and had Twilio finished
--             counting?
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_coverage, open_quarantine, usage_days
-- grain:      account_sid, day
-- order:      none
-- columns:
--   account_sid        VARCHAR
--   day                DATE       UTC
--   calls_complete     BOOLEAN    the list of calls was read whole, and no row of it is in quarantine
--   messages_complete  BOOLEAN    likewise of messages
--   usage_known        BOOLEAN    Usage Records were read whole, none is in quarantine, and `totalprice` is not missing
--   as_of              TIMESTAMP  UTC, up to when Twilio had counted `totalprice`
--   usage_final        BOOLEAN    that is at least a whole day past the day's end
with covered as (
  select
    account_sid,
    day,
    max(case when resource = 'calls' and status = 'complete' then 1 else 0 end) as calls_complete,
    max(case when resource = 'messages' and status = 'complete' then 1 else 0 end) as messages_complete,
    max(case when resource = 'usage_records' and status = 'complete' then 1 else 0 end) as usage_complete
  from account_day_coverage
  where day >= $start and day < $end
  group by account_sid, day
),

spoilt as (
  select
    account_sid,
    day,
    max(case when resource = 'calls' then 1 else 0 end) as calls_spoilt,
    max(case when resource = 'messages' then 1 else 0 end) as messages_spoilt,
    max(case when resource = 'usage_records' then 1 else 0 end) as usage_spoilt
  from open_quarantine
  where day >= $start and day < $end
  group by account_sid, day
),

usage_read as (
  select
    account_sid,
    day,
    case when count(as_of) = count(*) then min(as_of) end as as_of,
    min(case when total_price_cost is null then 0 else 1 end) as has_total
  from usage_days
  where day >= $start and day < $end
  group by account_sid, day
),

final as (
  select
    c.account_sid,
    c.day,
    c.calls_complete = 1 and coalesce(s.calls_spoilt, 0) = 0 as calls_complete,
    c.messages_complete = 1 and coalesce(s.messages_spoilt, 0) = 0 as messages_complete,
    c.usage_complete = 1 and coalesce(s.usage_spoilt, 0) = 0 and coalesce(u.has_total, 1) = 1 as usage_known,
    u.as_of,
    coalesce(u.as_of >= cast(c.day + 2 as timestamp), false) as usage_final
  from covered as c
  -- 1:1 each, all are grouped by account and day
  left join spoilt as s on s.account_sid = c.account_sid and s.day = c.day
  left join usage_read as u on u.account_sid = c.account_sid and u.day = c.day
)

select account_sid, day, calls_complete, messages_complete, usage_known, as_of, usage_final
from final
