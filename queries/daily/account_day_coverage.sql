-- purpose:    How far each account, resource and day is known, from the tasks that touched it. A day that complete
--             tasks cover stays complete when a later re-read fails: what was read still stands, and `last_outcome`
--             tells.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
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
with windows as (
  select
    account_sid,
    resource,
    -- Ascending in time: a run numbers its tasks from 1.
    cast(run_number as bigint) * 10000000 + task_number as place,
    outcome,
    started_at,
    window_start,
    window_end,
    greatest(cast(window_start as date), $start) as first_day,
    least(day_behind(window_end), $end) as end_day
  from tasks
  where
    window_start < cast($end as timestamp)
    and window_end > cast($start as timestamp)
    and resource in ('calls', 'messages', 'usage_records')
),

touched as (
  select
    w.account_sid,
    w.resource,
    w.first_day + d.number as day,
    w.place,
    w.outcome,
    w.started_at,
    w.window_start,
    w.window_end
  from windows as w
  -- 1:n, the days of a window, counted from its first: an inequality that gives no row too many, unlike one of dates
  join days as d on d.number < w.end_day - w.first_day
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
      case
        when
          outcome = 'complete'
          and window_start <= cast(day as timestamp)
          and window_end >= cast(day + 1 as timestamp)
          then 1
        else 0
      end
    ) as is_whole
  from touched
  group by account_sid, resource, day
),

-- Nearly every day was read whole by one task. Where none did, pieces of it may still cover it together.
pieces as (
  select
    t.account_sid,
    t.resource,
    t.day,
    greatest(t.window_start, cast(t.day as timestamp)) as piece_start,
    least(t.window_end, cast(t.day + 1 as timestamp)) as piece_end
  from touched as t
  -- n:1, a day of an account's list is listed once
  join account_days as a
    on a.account_sid = t.account_sid
    and a.resource = t.resource
    and a.day = t.day
  where t.outcome = 'complete' and a.is_whole = 0
  group by
    t.account_sid,
    t.resource,
    t.day,
    greatest(t.window_start, cast(t.day as timestamp)),
    least(t.window_end, cast(t.day + 1 as timestamp))
),

-- How far the pieces before this one reach: one that begins later leaves a hole.
reaches as (
  select
    account_sid,
    resource,
    day,
    piece_start,
    piece_end,
    coalesce(
      max(piece_end) over (
        partition by account_sid, resource, day
        order by piece_start, piece_end
        rows between unbounded preceding and 1 preceding
      ),
      cast(day as timestamp)
    ) as covered_until
  from pieces
),

together as (
  select
    account_sid,
    resource,
    day,
    max(case when piece_start > covered_until then 1 else 0 end) as holes,
    max(case when piece_end = cast(day + 1 as timestamp) then 1 else 0 end) as reaches_end
  from reaches
  group by account_sid, resource, day
),

final as (
  select
    a.account_sid,
    a.resource,
    a.day,
    case
      when a.is_whole = 1 or (t.holes = 0 and t.reaches_end = 1) then 'complete'
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
  -- 1:1, both are grouped by account, resource and day; none where the day was read whole
  left join together as t
    on t.account_sid = a.account_sid
    and t.resource = a.resource
    and t.day = a.day
)

select account_sid, resource, day, status, last_outcome, last_complete_at
from final
