-- purpose:    How far each account, resource and day is known, from the tasks that touched it. A day that complete
--             tasks cover stays complete when a later re-read fails: what was read still stands, and `last_outcome`
--             tells.
-- kind:       view
-- parameters: none
-- reads:      tasks, days
-- grain:      account_sid, resource, day
-- order:      none
-- columns:
--   account_sid       VARCHAR
--   resource          VARCHAR    calls, messages or usage_records
--   day               DATE       UTC
--   status            VARCHAR    complete = complete tasks together cover all of it; else refused or failed, as the
--                                newest task that did not complete; else partial = complete tasks cover a part
--   last_outcome      VARCHAR    of the newest task: complete, refused or failed
--   last_complete_at  TIMESTAMP  UTC, start of the newest complete task; null where there is none
with pieces as (
  select
    t.account_sid,
    t.resource,
    d.day,
    -- Ascending in time: a run numbers its tasks from 1.
    cast(t.run_number as bigint) * 10000000 + t.task_number as place,
    t.outcome,
    t.started_at,
    d.starts_at as day_starts_at,
    d.ends_at as day_ends_at,
    greatest(t.window_start, d.starts_at) as piece_start,
    least(t.window_end, d.ends_at) as piece_end
  from tasks as t
  -- 1:n, the days of a window
  join days as d on d.starts_at < t.window_end and d.ends_at > t.window_start
  where t.window_start is not null
),

account_days as (
  select
    account_sid,
    resource,
    day,
    max(case when outcome = 'complete' then place else 0 end) as complete_place,
    max(case when outcome = 'refused' then place else 0 end) as refused_place,
    max(case when outcome = 'failed' then place else 0 end) as failed_place,
    max(case when outcome = 'complete' then started_at end) as last_complete_at,
    max(
      case when outcome = 'complete' and piece_start = day_starts_at and piece_end = day_ends_at then 1 else 0 end
    ) as covered_at_once
  from pieces
  group by account_sid, resource, day
),

-- Only days that no single task covers need their complete pieces laid side by side: few, or none.
complete_pieces as (
  select
    p.account_sid,
    p.resource,
    p.day,
    p.day_starts_at,
    p.day_ends_at,
    p.piece_start,
    p.piece_end,
    -- How far the pieces before this one reach: a piece that begins later leaves a hole.
    max(p.piece_end) over (
      partition by p.account_sid, p.resource, p.day
      order by p.piece_start, p.piece_end, p.place
      rows between unbounded preceding and 1 preceding
    ) as covered_until
  from pieces as p
  -- n:1, an account-day of a resource is listed once
  join account_days as a
    on a.account_sid = p.account_sid
    and a.resource = p.resource
    and a.day = p.day
  where p.outcome = 'complete' and a.covered_at_once = 0
),

covered_in_pieces as (
  select
    account_sid,
    resource,
    day
  from complete_pieces
  group by account_sid, resource, day
  having
    max(case when piece_start > coalesce(covered_until, day_starts_at) then 1 else 0 end) = 0
    and max(case when piece_end = day_ends_at then 1 else 0 end) = 1
),

final as (
  select
    a.account_sid,
    a.resource,
    a.day,
    case
      when a.covered_at_once = 1 or c.account_sid is not null then 'complete'
      when a.refused_place > a.failed_place then 'refused'
      when a.failed_place > 0 then 'failed'
      else 'partial'
    end as status,
    case
      when a.complete_place > a.refused_place and a.complete_place > a.failed_place then 'complete'
      when a.refused_place > a.failed_place then 'refused'
      else 'failed'
    end as last_outcome,
    a.last_complete_at
  from account_days as a
  -- 1:1, both are grouped by account, resource and day
  left join covered_in_pieces as c
    on c.account_sid = a.account_sid
    and c.resource = a.resource
    and c.day = a.day
)

select account_sid, resource, day, status, last_outcome, last_complete_at
from final
