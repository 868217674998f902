-- purpose:    Landed observations of accounts, as Twilio sent them, of the landing files being loaded.
-- kind:       temp view
-- parameters: landing_files VARCHAR[] a DuckDB variable: paths of the files
-- reads:      landing files
-- grain:      landing_sequence, file_row_number
-- order:      none
-- columns:
--   sid                VARCHAR   as Twilio sent it, like every VARCHAR here
--   owner_account_sid  VARCHAR
--   friendly_name      VARCHAR
--   status             VARCHAR
--   type               VARCHAR
--   date_created       VARCHAR   RFC 2822
--   date_updated       VARCHAR
--   run_number         INTEGER
--   task_number        INTEGER
--   page_number        INTEGER
--   observed_at        TIMESTAMP UTC
--   landing_sequence   BIGINT    number of the landing file
--   file_row_number    BIGINT    position in its landing file
select
  sid, owner_account_sid, friendly_name, status, "type", date_created, date_updated, run_number, task_number,
  page_number, observed_at, landing_sequence, file_row_number
from read_parquet(getvariable('landing_files'), file_row_number = true)
