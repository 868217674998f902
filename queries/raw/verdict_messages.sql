-- purpose:    What each received page of messages holds, so that a page that cannot be right is refused before it is landed.
-- kind:       verdict
-- parameters: none
-- reads:      received_pages
-- grain:      page_key
-- order:      page_key
-- columns:
--   page_key         UTINYINT
--   row_count        BIGINT
--   foreign_rows     BIGINT  rows of another account
--   outside_rows     BIGINT  rows outside the window; one exactly on its end is none, for Twilio's texts disagree on `<`
--   incomplete_rows  BIGINT  rows without a sid, status, direction or date_sent; without date filter, without any date
--   odd_sids         BIGINT  rows whose sid has not Twilio's form: kept, with a warning
--   unordered_rows   BIGINT  rows newer than the page's first or older than its last: the newest come first, or nothing is concluded
--   dropped_rows     BIGINT  rows of a list without date filter that are not landed
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    page_key,
    account_sid as expected_account_sid,
    undated,
    window_start,
    window_end,
    newest,
    oldest,
    from_json(rows_text, '[{"sid":"VARCHAR","account_sid":"VARCHAR","status":"VARCHAR","direction":"VARCHAR","date_sent":"VARCHAR","date_created":"VARCHAR"}]') as page_rows
  from received_pages
),

page_rows as (
  select
    page_key,
    expected_account_sid,
    undated,
    window_start,
    window_end,
    newest,
    oldest,
    unnest(page_rows) as r
  from pages
),

-- Reading times costs more than all the rest. Only a row without a date, in a list without date filter, is asked when it was created.
parsed as (
  select
    page_key,
    r.sid as sid,
    r.account_sid as account_sid,
    r.status as status,
    r.direction as direction,
    r.date_sent as date_sent,
    case when not undated then utc_time(r.date_sent) end as took_place_at,
    case when undated and coalesce(r.date_sent, '') = '' then utc_time(r.date_created) end as created_at,
    undated,
    expected_account_sid,
    window_start,
    window_end,
    newest,
    oldest
  from page_rows
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
        or (coalesce(date_sent, '') = '' and created_at is null)
    ) as incomplete_rows,
    count(*) filter (where not regexp_full_match(sid, '(SM|MM)[0-9a-fA-F]{32}')) as odd_sids,
    count(*) filter (where not undated and (took_place_at > newest or took_place_at < oldest)) as unordered_rows,
    count(*) filter (where not keeps_row(undated, date_sent, created_at, window_start, window_end)) as dropped_rows
  from parsed
  group by page_key
)

select page_key, row_count, foreign_rows, outside_rows, incomplete_rows, odd_sids, unordered_rows, dropped_rows
from final
order by page_key
