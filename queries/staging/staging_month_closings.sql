-- purpose:    Closings and reopenings of months, typed, one row for each currency of the month.
-- kind:       staged
-- parameters: none
-- reads:      raw_month_closings
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
  cast(month || '-01' as date) as month,
  kind = 'month_closed' as closed,
  line_sequence,
  "at",
  reason,
  currency,
  cast(itemised_cost as decimal(38, 8)) as itemised_cost
from raw_month_closings
