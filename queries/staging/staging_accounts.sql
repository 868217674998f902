-- purpose:    Observations of accounts.
-- kind:       staged
-- parameters: none
-- reads:      raw_accounts
-- grain:      ordinal
-- order:      none
-- columns:
--   ordinal        BIGINT     order of observation over all landing files
--   sid            VARCHAR
--   owner_sid      VARCHAR    the main account; its own sid for the main account
--   friendly_name  VARCHAR
--   status         VARCHAR    active, suspended or closed
--   run_number     INTEGER
--   observed_at    TIMESTAMP  UTC
--   updated_at     TIMESTAMP  UTC, Twilio's date_updated: when it was closed, or later; null where that is no date
select
  landing_sequence * 10000000 + file_row_number as ordinal,
  sid,
  owner_account_sid as owner_sid,
  coalesce(friendly_name, '') as friendly_name,
  status,
  run_number,
  observed_at,
  utc_time(date_updated) as updated_at
from raw_accounts
