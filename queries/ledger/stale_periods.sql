-- purpose:    The days whose sums are to be made anew, as runs of days within a month. Up to a week between two of them is
--             made anew too: a few days more cost less than another round of statements.
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

neighbours as (
  select
    day,
    cast(date_trunc('month', day) as date) as month,
    lag(day) over (order by day) as day_before
  from distinct_days
),

placed as (
  select
    day,
    month,
    sum(case when day - day_before <= 8 then 0 else 1 end) over (
      order by day
      rows between unbounded preceding and current row
    ) as run
  from neighbours
),

final as (
  select
    min(day) as start_day,
    max(day) + 1 as end_day
  from placed
  group by month, run
)

select start_day, end_day
from final
order by start_day
