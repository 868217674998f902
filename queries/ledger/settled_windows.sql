-- purpose:    What need not be pulled again: windows that a complete pull covered later than the look-back after
--             their end.
-- kind:       query
-- parameters: $look_back_days VARCHAR whole days; $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      tasks
-- grain:      account_sid, resource, window_start
-- order:      account_sid, resource, window_start
-- columns:
--   account_sid   VARCHAR
--   resource      VARCHAR    calls, messages, usage_records, undated_calls or undated_messages
--   window_start  TIMESTAMP  UTC, inclusive
--   window_end    TIMESTAMP  UTC, exclusive
with settled as (
  select
    account_sid,
    resource,
    window_start,
    least(window_end, date_trunc('day', started_at) - to_days(cast($look_back_days as integer))) as window_end
  from tasks
  where outcome = 'complete' and window_end > cast($start as timestamp) and window_start < cast($end as timestamp)
),

ranked as (
  select
    account_sid,
    resource,
    window_start,
    window_end,
    max(window_end) over (
      partition by account_sid, resource
      order by window_start, window_end
      rows between unbounded preceding and 1 preceding
    ) as covered_through
  from settled
  where window_end > window_start
),

-- A window begins an island where nothing before it reaches its start.
islands as (
  select
    account_sid,
    resource,
    window_start,
    window_end,
    sum(case when covered_through >= window_start then 0 else 1 end) over (
      partition by account_sid, resource
      order by window_start, window_end
      rows between unbounded preceding and current row
    ) as island
  from ranked
),

final as (
  select
    account_sid,
    resource,
    min(window_start) as window_start,
    max(window_end) as window_end
  from islands
  group by account_sid, resource, island
)

select account_sid, resource, window_start, window_end
from final
order by account_sid, resource, window_start
