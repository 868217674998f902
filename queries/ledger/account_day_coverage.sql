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
    t.run_number,
    t.task_number,
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

-- How far the complete pieces before this one reach: a piece that begins later leaves a hole.
complete_pieces as (
  select
    account_sid,
    resource,
    day,
    started_at,
    day_starts_at,
    day_ends_at,
    piece_start,
    piece_end,
    max(piece_end) over (
      partition by account_sid, resource, day
      order by piece_start, piece_end, run_number, task_number
      rows between unbounded preceding and 1 preceding
    ) as covered_until
  from pieces
  where outcome = 'complete'
),

covered as (
  select
    account_sid,
    resource,
    day,
    max(started_at) as last_complete_at,
    max(case when piece_start > coalesce(covered_until, day_starts_at) then 1 else 0 end) as holes,
    max(case when piece_end = day_ends_at then 1 else 0 end) as reaches_end
  from complete_pieces
  group by account_sid, resource, day
),

newest_first as (
  select
    account_sid,
    resource,
    day,
    outcome,
    row_number() over (
      partition by account_sid, resource, day
      order by run_number desc, task_number desc
    ) as place,
    row_number() over (
      partition by account_sid, resource, day, case when outcome = 'complete' then 1 else 0 end
      order by run_number desc, task_number desc
    ) as place_of_kind
  from pieces
),

newest as (
  select
    account_sid,
    resource,
    day,
    max(case when place = 1 then outcome end) as last_outcome,
    max(case when place_of_kind = 1 and outcome <> 'complete' then outcome end) as last_refusal
  from newest_first
  group by account_sid, resource, day
),

final as (
  select
    n.account_sid,
    n.resource,
    n.day,
    case
      when c.holes = 0 and c.reaches_end = 1 then 'complete'
      when n.last_refusal is not null then n.last_refusal
      else 'partial'
    end as status,
    n.last_outcome,
    c.last_complete_at
  from newest as n
  -- 1:1, both are grouped by account, resource and day
  left join covered as c
    on c.account_sid = n.account_sid
    and c.resource = n.resource
    and c.day = n.day
)

select account_sid, resource, day, status, last_outcome, last_complete_at
from final
