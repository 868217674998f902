-- purpose:    Tasks that the manifest says have ended, on the manifest's lines that are being loaded.
-- kind:       temp view
-- parameters: manifest_path VARCHAR a DuckDB variable, like the next; loaded_through BIGINT last line loaded; load_through BIGINT last line to load
-- reads:      manifest
-- grain:      sequence, task_number, window_start
-- order:      none
-- columns:
--   sequence      BIGINT     line of the manifest
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
with lines as (
  select
    sequence,
    run,
    unnest(tasks) as task
  from read_json(
    getvariable('manifest_path'),
    format = 'newline_delimited',
    maximum_object_size = 16777216,
    columns = {
      'sequence': 'BIGINT',
      'run': 'INTEGER',
      'tasks': 'STRUCT(number INTEGER, account_sid VARCHAR, resource VARCHAR, window_start TIMESTAMP, window_end TIMESTAMP, started_at TIMESTAMP, outcome VARCHAR, pages INTEGER, rows BIGINT, error VARCHAR)[]'
    }
  )
  where sequence > getvariable('loaded_through') and sequence <= getvariable('load_through')
)

select
  sequence,
  run as run_number,
  task.number as task_number,
  task.account_sid as account_sid,
  task.resource as resource,
  task.window_start as window_start,
  task.window_end as window_end,
  task.started_at as started_at,
  task.outcome as outcome,
  task.pages as pages,
  task.rows as record_count,
  task.error as error
from lines
