-- purpose:    What each received page of usage records holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_pages
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         UTINYINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  rows of another account
--   outside_rows     BIGINT  rows of days outside the window
--   incomplete_rows  BIGINT  rows without a category or a day
--   odd_sids         BIGINT  always 0: usage records have no sid
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    page_key,
    account_sid as expected_account_sid,
    window_start,
    window_end,
    from_json(
      rows_text, '[{"account_sid":"VARCHAR","category":"VARCHAR","start_date":"VARCHAR","end_date":"VARCHAR"}]'
    ) as page_rows
  from received_pages
),

page_rows as (
  select
    page_key,
    expected_account_sid,
    window_start,
    window_end,
    unnest(page_rows) as r
  from pages
),

parsed as (
  select
    page_key,
    r.account_sid as account_sid,
    r.category as category,
    try_cast(r.start_date as date) as start_day,
    try_cast(r.end_date as date) as end_day,
    expected_account_sid,
    window_start,
    window_end
  from page_rows
),

final as (
  select
    page_key,
    count(*) as row_count,
    count(*) filter (where account_sid is distinct from expected_account_sid) as foreign_rows,
    count(*) filter (where start_day < window_start or end_day >= window_end) as outside_rows,
    count(*) filter (where category is null or start_day is null or end_day is null) as incomplete_rows,
    cast(0 as bigint) as odd_sids
  from parsed
  group by page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids
from final
order by page_key
