-- purpose:    Accounts that the account list showed in one run: those to pull.
-- kind:       query
-- parameters: $run_number VARCHAR the run
-- reads:      accounts
-- grain:      sid
-- order:      sid
-- columns:
--   sid            VARCHAR
--   owner_sid      VARCHAR
--   friendly_name  VARCHAR
--   status         VARCHAR    active, suspended or closed
--   updated_at     TIMESTAMP  UTC, as Twilio says; null where it says no date
select
  sid,
  owner_sid,
  friendly_name,
  status,
  updated_at
from accounts
where run_number = cast($run_number as integer)
order by sid
