-- purpose:    What each received page of messages holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_messages, page_expectations
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         BIGINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  rows of another account
--   outside_rows     BIGINT  rows outside the window; one exactly on its end is none, for Twilio's texts disagree on `<`
--   incomplete_rows  BIGINT  rows without a sid, status, direction or date_sent
--   odd_sids         BIGINT  rows whose sid has not Twilio's form: kept, with a warning
--   unordered_rows   BIGINT  rows newer than the page's first or older than its last: the newest come first, or nothing is concluded
with parsed as (
  select
    page_key,
    sid,
    account_sid,
    status,
    direction,
    utc_time(date_sent) as at,
    date_sent
  from received_messages
),

final as (
  select
    p.page_key,
    count(*) as row_count,
    count(*) filter (where p.account_sid is distinct from e.account_sid) as foreign_rows,
    count(*) filter (where p.at < e.window_start or p.at > e.window_end) as outside_rows,
    count(*) filter (
      where coalesce(p.sid, '') = '' or coalesce(p.date_sent, '') = '' or p.status is null or p.direction is null
    ) as incomplete_rows,
    count(*) filter (where not regexp_full_match(p.sid, '(SM|MM)[0-9a-fA-F]{32}')) as odd_sids,
    count(*) filter (where p.at > e.newest or p.at < e.oldest) as unordered_rows
  from parsed as p
  -- n:1, a page has one expectation
  join page_expectations as e on e.page_key = p.page_key
  group by p.page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids, unordered_rows
from final
order by page_key
