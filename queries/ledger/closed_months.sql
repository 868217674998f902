-- purpose:    Months that are closed, and have not been reopened since.
-- kind:       view
-- parameters: none
-- reads:      month_closings
-- grain:      month
-- order:      none
-- columns:
--   month          DATE    UTC, first day
--   line_sequence  BIGINT  line of the manifest that closed it
--   last_ordinal   BIGINT  an observation with a greater ordinal came after the closing
with newest as (
  select month, max(line_sequence) as line_sequence
  from month_closings
  group by month
),

final as (
  select
    c.month,
    c.line_sequence,
    c.line_sequence * 10000000 as last_ordinal
  from month_closings as c
  -- n:1, the newest line of a month; as many rows as it has currencies, grouped to one
  join newest as n on n.line_sequence = c.line_sequence
  where c.closed
  group by c.month, c.line_sequence
)

select month, line_sequence, last_ordinal
from final
