-- purpose:    Ended tasks, and parts of tasks that are complete, one row each.
-- kind:       staged
-- parameters: none
-- reads:      raw_tasks
-- grain:      run_number, task_number, window_start
-- order:      none
-- columns:
--   run_number    INTEGER
--   task_number   INTEGER
--   account_sid   VARCHAR
--   resource      VARCHAR    a list that is pulled (src/domain/resource.ts), or accounts
--   window_start  TIMESTAMP  UTC, inclusive; null for accounts
--   window_end    TIMESTAMP  UTC, exclusive; null for accounts
--   started_at    TIMESTAMP  UTC, when its first page was observed
--   outcome       VARCHAR    complete, refused or failed
--   pages         INTEGER
--   record_count  BIGINT
--   error         VARCHAR
select
  run_number,
  task_number,
  account_sid,
  resource,
  window_start,
  window_end,
  started_at,
  outcome,
  pages,
  record_count,
  error
from raw_tasks
