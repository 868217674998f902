-- purpose:    The days whose sums are to be made anew, as runs of days. Up to a week between two of them is made anew
--             too: a few days more cost less than another round of statements. A run ends where memory would not hold
--             more.
-- kind:       query
-- parameters: $account_days_max VARCHAR how many days times accounts a run may have
-- reads:      stale_days, accounts
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

limits as (
  select greatest(cast($account_days_max as bigint) // greatest(count(*), 1), 1) as days_max
  from accounts
),

neighbours as (
  select
    day,
    lag(day) over (order by day) as day_before
  from distinct_days
),

placed as (
  select
    day,
    sum(case when day - day_before <= 8 then 0 else 1 end) over (
      order by day
      rows between unbounded preceding and current row
    ) as run
  from neighbours
),

runs as (
  select
    run,
    min(day) as first_day
  from placed
  group by run
),

-- n:1, a run is listed once; n:1 with the limit, which is one row
pieces as (
  select
    p.day,
    p.run,
    (p.day - r.first_day) // l.days_max as piece
  from placed as p
  join runs as r on r.run = p.run
  cross join limits as l
),

final as (
  select
    min(day) as start_day,
    max(day) + 1 as end_day
  from pieces
  group by run, piece
)

select start_day, end_day
from final
order by start_day
