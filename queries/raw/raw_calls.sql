-- purpose:    Landed observations of calls, as Twilio sent them, of the landing files being loaded.
-- kind:       temp view
-- parameters: landing_files VARCHAR[] a DuckDB variable: paths of the files
-- reads:      landing files
-- grain:      landing_sequence, file_row_number
-- order:      none
-- columns:
--   sid               VARCHAR   as Twilio sent it, like every VARCHAR here
--   account_sid       VARCHAR
--   parent_call_sid   VARCHAR
--   phone_number_sid  VARCHAR
--   group_sid         VARCHAR
--   trunk_sid         VARCHAR
--   to                VARCHAR   last four digits masked where the party is outside
--   from              VARCHAR   last four digits masked where the party is outside
--   forwarded_from    VARCHAR   last four digits always masked
--   status            VARCHAR
--   direction         VARCHAR
--   start_time        VARCHAR   RFC 2822, like all times here
--   end_time          VARCHAR
--   date_created      VARCHAR
--   date_updated      VARCHAR
--   duration          VARCHAR   seconds
--   queue_time        VARCHAR   milliseconds
--   price             VARCHAR   negative = Twilio charged
--   price_unit        VARCHAR
--   answered_by       VARCHAR
--   run_number        INTEGER
--   task_number       INTEGER
--   page_number       INTEGER
--   observed_at       TIMESTAMP UTC
--   landing_sequence  BIGINT    number of the landing file
--   file_row_number   BIGINT    position in its landing file
select
  sid, account_sid, parent_call_sid, phone_number_sid, group_sid, trunk_sid, "to", "from", forwarded_from,
  status, direction, start_time, end_time, date_created, date_updated, duration, queue_time, price, price_unit,
  answered_by, run_number, task_number, page_number, observed_at, landing_sequence, file_row_number
from read_parquet(getvariable('landing_files'), file_row_number = true)
