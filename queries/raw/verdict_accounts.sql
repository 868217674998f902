-- purpose:    What each received page of accounts holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_pages
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         UTINYINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  accounts of another main account
--   outside_rows     BIGINT  always 0: accounts have no window
--   incomplete_rows  BIGINT  rows without a sid or a status
--   odd_sids         BIGINT  rows whose sid has not Twilio's form: kept, with a warning
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    page_key,
    account_sid,
    from_json(rows_text, '[{"sid":"VARCHAR","owner_account_sid":"VARCHAR","status":"VARCHAR"}]') as page_rows
  from received_pages
),

page_rows as (
  select
    page_key,
    account_sid,
    unnest(page_rows) as r
  from pages
),

final as (
  select
    page_key,
    count(*) as row_count,
    count(*) filter (where r.sid <> account_sid and r.owner_account_sid <> account_sid) as foreign_rows,
    cast(0 as bigint) as outside_rows,
    count(*) filter (where coalesce(r.sid, '') = '' or r.status is null) as incomplete_rows,
    count(*) filter (where not regexp_full_match(r.sid, 'AC[0-9a-fA-F]{32}')) as odd_sids
  from page_rows
  group by page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids
from final
order by page_key
