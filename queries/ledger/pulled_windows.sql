-- purpose:    Windows that were pulled completely by a run and those after it: where that run was interrupted, the
--             next one goes on from them.
-- kind:       query
-- parameters: $first_run VARCHAR number of the run; $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      tasks
-- grain:      account_sid, resource, window_start, window_end
-- order:      account_sid, resource, window_start, window_end
-- columns:
--   account_sid   VARCHAR
--   resource      VARCHAR
--   window_start  TIMESTAMP  UTC, inclusive
--   window_end    TIMESTAMP  UTC, exclusive
select
  account_sid,
  resource,
  window_start,
  window_end
from tasks
where
  outcome = 'complete'
  and run_number >= cast($first_run as integer)
  and window_end > cast($start as timestamp)
  and window_start < cast($end as timestamp)
group by account_sid, resource, window_start, window_end
order by account_sid, resource, window_start, window_end
