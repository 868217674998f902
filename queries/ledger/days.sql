-- purpose:    Every UTC day of a hundred years from 2008, the year of Twilio's founding: the calendar of the reports.
-- kind:       view
-- parameters: none
-- reads:      none
-- grain:      day
-- order:      none
-- columns:
--   number     INTEGER    0 = 2008-01-01
--   day        DATE       UTC
--   month      DATE       UTC, first day
--   starts_at  TIMESTAMP  UTC, inclusive
--   ends_at    TIMESTAMP  UTC, exclusive
with digits as (
  select 0 as digit
  union all select 1 as digit
  union all select 2 as digit
  union all select 3 as digit
  union all select 4 as digit
  union all select 5 as digit
  union all select 6 as digit
  union all select 7 as digit
  union all select 8 as digit
  union all select 9 as digit
),

-- n:m on purpose, each digit with each: 0 to 99,999.
numbers as (
  select
    cast(
      ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit + 10000 * ten_thousands.digit
      as integer
    ) as number
  from digits as ones
  cross join digits as tens
  cross join digits as hundreds
  cross join digits as thousands
  cross join digits as ten_thousands
),

final as (
  select
    number,
    date '2008-01-01' + number as day
  from numbers
  where number < 36524
)

select
  number,
  day,
  cast(date_trunc('month', day) as date) as month,
  cast(day as timestamp) as starts_at,
  cast(day + 1 as timestamp) as ends_at
from final
