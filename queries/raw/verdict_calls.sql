-- purpose:    What each received page of calls holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_calls, page_expectations
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         BIGINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  rows of another account
--   outside_rows     BIGINT  rows outside the window; one exactly on its end is none, for Twilio's texts disagree on `<`
--   incomplete_rows  BIGINT  rows without a sid, status, direction or start_time; without date filter, without any date
--   odd_sids         BIGINT  rows whose sid has not Twilio's form: kept, with a warning
--   unordered_rows   BIGINT  rows newer than the page's first or older than its last: the newest come first, or nothing is concluded
--   dropped_rows     BIGINT  rows of a list without date filter that are not landed
with parsed as (
  select
    page_key,
    sid,
    account_sid,
    status,
    direction,
    utc_time(start_time) as took_place_at,
    start_time,
    date_created
  from received_calls
),

-- Only a list without date filter asks for when a row was created: reading times costs more than all the rest.
expected as (
  select
    p.page_key,
    p.sid,
    p.account_sid,
    p.status,
    p.direction,
    p.took_place_at,
    p.start_time,
    case when e.undated then utc_time(p.date_created) end as created_at,
    e.undated,
    e.account_sid as expected_account_sid,
    e.window_start,
    e.window_end,
    e.newest,
    e.oldest
  from parsed as p
  -- n:1, a page has one expectation
  join page_expectations as e on e.page_key = p.page_key
),

final as (
  select
    page_key,
    count(*) as row_count,
    count(*) filter (where account_sid is distinct from expected_account_sid) as foreign_rows,
    count(*) filter (where not undated and (took_place_at < window_start or took_place_at > window_end)) as outside_rows,
    count(*) filter (
      where
        coalesce(sid, '') = ''
        or status is null
        or direction is null
        or (coalesce(start_time, '') = '' and created_at is null)
    ) as incomplete_rows,
    count(*) filter (where not regexp_full_match(sid, 'CA[0-9a-fA-F]{32}')) as odd_sids,
    count(*) filter (where not undated and (took_place_at > newest or took_place_at < oldest)) as unordered_rows,
    count(*) filter (where not keeps_row(undated, start_time, created_at, window_start, window_end)) as dropped_rows
  from expected
  group by page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids, unordered_rows, dropped_rows
from final
order by page_key
