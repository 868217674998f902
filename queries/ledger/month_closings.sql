-- purpose:    Every closing and reopening of a month, with what the month cost when it was closed, one row for each
--             currency.
-- kind:       append
-- parameters: none
-- reads:      staging_month_closings
-- grain:      line_sequence, currency
-- order:      none
-- columns:
--   month          DATE           UTC, first day
--   closed         BOOLEAN        false = reopened
--   line_sequence  BIGINT         line of the manifest: what was landed behind it was found later
--   at             TIMESTAMP      UTC
--   reason         VARCHAR        null where none was given
--   currency       VARCHAR        ISO 4217, empty where Twilio gives none; null where there is no total
--   itemised_cost  DECIMAL(38,8)  of the calls and messages of the month as it was closed; null where there is no total
select
  month,
  closed,
  line_sequence,
  "at",
  reason,
  currency,
  itemised_cost
from staging_month_closings
