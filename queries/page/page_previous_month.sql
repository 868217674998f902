-- purpose:    How much of the month before is known: whether this month can be compared with it.
-- kind:       query
-- parameters: $start DATE inclusive UTC
-- reads:      days, known_days
-- grain:      month
-- order:      month
-- columns:
--   month        DATE     UTC, first day of the month before
--   day_count    BIGINT   its days
--   asked_count  BIGINT   of those, asked for of any account
--   first_day    DATE     UTC, the first of those; empty where there is none
--   last_day     DATE     UTC, likewise the last
with asked as (
  select day
  from known_days
  where day < $start and day >= cast(date_trunc('month', $start - 1) as date)
  group by day
),

final as (
  select
    d.month,
    count(*) as day_count,
    count(a.day) as asked_count,
    min(a.day) as first_day,
    max(a.day) as last_day
  from days as d
  -- 1:1, a day is listed once
  left join asked as a on a.day = d.day
  where d.day < $start and d.day >= cast(date_trunc('month', $start - 1) as date)
  group by d.month
)

select month, day_count, asked_count, first_day, last_day
from final
order by month
