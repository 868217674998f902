-- purpose:    Landed observations of usage records, as Twilio sent them, of the landing files being loaded.
-- kind:       temp view
-- parameters: landing_files VARCHAR[] a DuckDB variable: paths of the files
-- reads:      landing files
-- grain:      landing_sequence, file_row_number
-- order:      none
-- columns:
--   account_sid          VARCHAR    as Twilio sent it, like every VARCHAR here
--   category             VARCHAR
--   description          VARCHAR
--   count                VARCHAR
--   count_unit           VARCHAR
--   usage                VARCHAR
--   usage_unit           VARCHAR
--   price                VARCHAR    positive = Twilio charged
--   price_unit           VARCHAR
--   start_date           VARCHAR    UTC day, inclusive
--   end_date             VARCHAR    UTC day, inclusive
--   as_of                VARCHAR    ISO 8601
--   run_number           INTEGER
--   task_number          INTEGER
--   page_number          INTEGER
--   observed_at          TIMESTAMP  UTC
--   include_subaccounts  BOOLEAN    whether it is of the account with all its subaccounts
--   landing_sequence     BIGINT     number of the landing file
--   file_row_number      BIGINT     position in its landing file
select
  account_sid, category, description, "count", count_unit, "usage", usage_unit, price, price_unit, start_date,
  end_date, as_of, run_number, task_number, page_number, observed_at, include_subaccounts, landing_sequence, file_row_number
from read_parquet(getvariable('landing_files'), file_row_number = true)
