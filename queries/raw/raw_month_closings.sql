-- purpose:    Closings and reopenings of months on the manifest's lines that are being loaded, one row for each currency.
-- kind:       temp view
-- parameters: manifest_path VARCHAR a DuckDB variable, like the next; loaded_through BIGINT last line loaded; load_through BIGINT last line to load
-- reads:      manifest
-- grain:      line_sequence, currency
-- order:      none
-- columns:
--   line_sequence  BIGINT     line of the manifest
--   kind           VARCHAR    month_closed or month_reopened
--   month          VARCHAR    YYYY-MM
--   at             TIMESTAMP  UTC
--   reason         VARCHAR    null where none was given
--   currency       VARCHAR    of a total; null where the month has no charges, or was reopened
--   itemised_cost  VARCHAR    decimal text; positive = Twilio charged
with lines as (
  select
    sequence as line_sequence,
    kind,
    month,
    "at",
    reason,
    unnest(case when len(totals) > 0 then totals else [null] end) as total
  from read_json(
    getvariable('manifest_path'),
    format = 'newline_delimited',
    maximum_object_size = 16777216,
    columns = {
      'sequence': 'BIGINT',
      'kind': 'VARCHAR',
      'month': 'VARCHAR',
      'at': 'TIMESTAMP',
      'reason': 'VARCHAR',
      'totals': 'STRUCT(currency VARCHAR, itemised_cost VARCHAR)[]'
    }
  )
  where
    sequence > getvariable('loaded_through') and sequence <= getvariable('load_through')
    and kind in ('month_closed', 'month_reopened')
)

select
  line_sequence,
  kind,
  month,
  "at",
  reason,
  total.currency as currency,
  total.itemised_cost as itemised_cost
from lines
