-- purpose:    Days of which a load has changed something, and whose sums are yet to be made anew (queries/daily/).
-- kind:       append
-- parameters: none
-- reads:      staging_calls, staging_messages, staging_usage_records, staging_tasks, repeated_records,
--             quarantined_rows, days
-- grain:      none
-- order:      none
-- columns:
--   day  DATE  UTC
with asked as (
  select
    cast(window_start as date) as first_day,
    day_behind(window_end) as end_day
  from staging_tasks
  where window_start is not null and resource in ('calls', 'messages', 'usage_records')
  group by window_start, window_end
)

select cast(charged_at as date) as day
from staging_calls
where charged_at is not null
union
select cast(charged_at as date) as day
from staging_messages
where charged_at is not null
union
-- Where a record stood before: it may have another day now.
select known_day as day
from repeated_records
where was_known
union
-- Where an observation of it was put aside. n:m, a record may have been put aside often, and come more than once
select q.day
from quarantined_rows as q
join staging_calls as s on s.sid = q.record_key
where q.resource = 'calls' and q.day is not null
union
select q.day
from quarantined_rows as q
join staging_messages as s on s.sid = q.record_key
where q.resource = 'messages' and q.day is not null
union
select day
from staging_usage_records
where day is not null
union
-- 1:n, the days of a window, counted from its first: an inequality that gives no row too many, unlike one of dates
select a.first_day + d.number as day
from asked as a
join days as d on d.number < a.end_day - a.first_day
