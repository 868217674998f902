-- purpose:    Records that a complete re-read of their window no longer found: kept, counted, and marked with the
--             run that missed them.
-- kind:       append
-- parameters: none
-- reads:      calls, messages, staging_tasks, vanished_records
-- grain:      service, sid, run_number
-- order:      none
-- columns:
--   service      VARCHAR    calls or messages
--   sid          VARCHAR
--   account_sid  VARCHAR
--   charged_at   TIMESTAMP  UTC
--   run_number   INTEGER    the run that missed it
--   last_seen_at TIMESTAMP  UTC
-- What the newest run has seen no run of the batch can have missed: on a first load, nothing is compared.
-- Only the list without date filter shows a record without a date. One that has no price either may since have got a
-- date, and stand on a day that is not read again.
with newest as (
  select max(run_number) as run_number
  from staging_tasks
),

records as (
  select
    'calls' as service,
    case when is_undated then 'undated_calls' else 'calls' end as resource,
    sid,
    account_sid,
    charged_at,
    observed_at
  from calls
  where run_number < (select run_number from newest) and (not is_undated or cost is not null)
  union all
  select
    'messages' as service,
    case when is_undated then 'undated_messages' else 'messages' end as resource,
    sid,
    account_sid,
    charged_at,
    observed_at
  from messages
  where run_number < (select run_number from newest) and (not is_undated or cost is not null)
),

missed as (
  select
    r.service,
    r.sid,
    r.account_sid,
    r.charged_at,
    min(t.run_number) as run_number,
    r.observed_at as last_seen_at
  from staging_tasks as t
  -- 1:n, the records of a window; a record lies in one window of a run
  join records as r
    on r.resource = t.resource
    and r.account_sid = t.account_sid
    and r.charged_at >= t.window_start
    and r.charged_at < t.window_end
    and r.observed_at < t.started_at
  where t.outcome = 'complete'
  group by r.service, r.sid, r.account_sid, r.charged_at, r.observed_at
),

-- Marked once: a record missed again by a later run keeps the run that missed it first.
final as (
  select
    m.service,
    m.sid,
    m.account_sid,
    m.charged_at,
    m.run_number,
    m.last_seen_at
  from missed as m
  -- n:1, a record is marked once for each time it was last seen
  left join vanished_records as v on v.service = m.service and v.sid = m.sid and v.last_seen_at = m.last_seen_at
  where v.sid is null
)

select
  service,
  sid,
  account_sid,
  charged_at,
  run_number,
  last_seen_at
from final
