-- purpose:    Landed observations of messages, as Twilio sent them, of the landing files being loaded.
-- kind:       temp view
-- parameters: landing_files VARCHAR[] a DuckDB variable: paths of the files
-- reads:      landing files
-- grain:      landing_sequence, file_row_number
-- order:      none
-- columns:
--   sid                    VARCHAR   as Twilio sent it, like every VARCHAR here
--   account_sid            VARCHAR
--   messaging_service_sid  VARCHAR
--   to                     VARCHAR   last four digits masked where the party is outside
--   from                   VARCHAR   last four digits masked where the party is outside
--   status                 VARCHAR
--   direction              VARCHAR
--   date_created           VARCHAR   RFC 2822, like all times here
--   date_sent              VARCHAR
--   date_updated           VARCHAR
--   num_segments           VARCHAR
--   num_media              VARCHAR
--   error_code             VARCHAR
--   error_message          VARCHAR
--   price                  VARCHAR   negative = Twilio charged
--   price_unit             VARCHAR
--   run_number             INTEGER
--   task_number            INTEGER
--   page_number            INTEGER
--   observed_at            TIMESTAMP UTC
--   landing_sequence       BIGINT    number of the landing file
--   file_row_number        BIGINT    position in its landing file
select
  sid, account_sid, messaging_service_sid, "to", "from", status, direction, date_created, date_sent,
  date_updated, num_segments, num_media, error_code, error_message, price, price_unit, run_number, task_number,
  page_number, observed_at, landing_sequence, file_row_number
from read_parquet(getvariable('landing_files'), file_row_number = true)
