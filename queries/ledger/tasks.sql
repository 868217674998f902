-- purpose:    Every task that ended, of every run: what is known to be complete, refused or failed. A long
--             one is told in parts, each complete by itself, as its pages reach the landing.
-- kind:       append
-- parameters: none
-- reads:      staging_tasks
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
from staging_tasks
