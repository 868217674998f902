-- purpose:    What each received page of usage records holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_usage_records, page_expectations
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         BIGINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  rows of another account
--   outside_rows     BIGINT  rows of days outside the window
--   incomplete_rows  BIGINT  rows without a category or a day
--   odd_sids         BIGINT  always 0: usage records have no sid
with parsed as (
  select
    page_key,
    account_sid,
    category,
    try_cast(start_date as date) as start_day,
    try_cast(end_date as date) as end_day
  from received_usage_records
),

final as (
  select
    p.page_key,
    count(*) as row_count,
    count(*) filter (where p.account_sid is distinct from e.account_sid) as foreign_rows,
    count(*) filter (where p.start_day < e.window_start or p.end_day >= e.window_end) as outside_rows,
    count(*) filter (where p.category is null or p.start_day is null or p.end_day is null) as incomplete_rows,
    cast(0 as bigint) as odd_sids
  from parsed as p
  -- n:1, a page has one expectation
  join page_expectations as e on e.page_key = p.page_key
  group by p.page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids
from final
order by page_key
