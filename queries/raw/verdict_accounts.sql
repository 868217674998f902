-- purpose:    What each received page of accounts holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_accounts, page_expectations
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         BIGINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  accounts of another main account
--   outside_rows     BIGINT  always 0: accounts have no window
--   incomplete_rows  BIGINT  rows without a sid or a status
--   odd_sids         BIGINT  rows whose sid has not Twilio's form: kept, with a warning
with final as (
  select
    p.page_key,
    count(*) as row_count,
    count(*) filter (where p.sid <> e.account_sid and p.owner_account_sid <> e.account_sid) as foreign_rows,
    cast(0 as bigint) as outside_rows,
    count(*) filter (where coalesce(p.sid, '') = '' or p.status is null) as incomplete_rows,
    count(*) filter (where not regexp_full_match(p.sid, 'AC[0-9a-fA-F]{32}')) as odd_sids
  from received_accounts as p
  -- n:1, a page has one expectation
  join page_expectations as e on e.page_key = p.page_key
  group by p.page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids
from final
order by page_key
