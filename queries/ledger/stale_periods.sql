-- purpose:    The days whose sums are to be made anew, as runs of days within a month.
-- kind:       query
-- parameters: none
-- reads:      stale_days
-- grain:      start_day
-- order:      start_day
-- columns:
--   start_day  DATE  UTC, inclusive
--   end_day    DATE  UTC, exclusive
with distinct_days as (
  select day
  from stale_days
  group by day
),

placed as (
  select
    day,
    cast(date_trunc('month', day) as date) as month,
    row_number() over (order by day) as place
  from distinct_days
),

final as (
  select
    min(day) as start_day,
    max(day) + 1 as end_day
  from placed
  group by month, day - cast(place as integer)
)

select start_day, end_day
from final
order by start_day
