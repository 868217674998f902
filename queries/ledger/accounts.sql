-- purpose:    The newest observation of each account.
-- kind:       merge by sid
-- parameters: none
-- reads:      staging_accounts
-- grain:      sid
-- order:      none
-- columns:
--   ordinal        BIGINT     order of observation over all landing files
--   sid            VARCHAR
--   owner_sid      VARCHAR    the main account; its own sid for the main account
--   friendly_name  VARCHAR
--   status         VARCHAR    active, suspended or closed
--   run_number     INTEGER
--   observed_at    TIMESTAMP  UTC
--   updated_at     TIMESTAMP  UTC, as Twilio says; null where it says no date
with newest as (
  select
    sid,
    max(ordinal) as ordinal
  from staging_accounts
  group by sid
)

select
  s.ordinal,
  s.sid,
  s.owner_sid,
  s.friendly_name,
  s.status,
  s.run_number,
  s.observed_at,
  s.updated_at
from staging_accounts as s
-- 1:1, an ordinal is given once
join newest as n on n.ordinal = s.ordinal
