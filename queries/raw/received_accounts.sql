-- purpose:    Rows of received pages of accounts, as text, less what must not be kept: what a landing file holds.
-- kind:       landing
-- parameters: none
-- reads:      received_pages
-- grain:      one row of one page
-- order:      none
-- columns:
--   sid                VARCHAR   as Twilio sent it, like every VARCHAR here
--   owner_account_sid  VARCHAR
--   friendly_name      VARCHAR
--   status             VARCHAR
--   type               VARCHAR
--   date_created       VARCHAR   RFC 2822
--   date_updated       VARCHAR
--   run_number         INTEGER
--   task_number        INTEGER
--   page_number        INTEGER
--   observed_at        TIMESTAMP UTC
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    from_json(rows_text, '[{"sid":"VARCHAR","owner_account_sid":"VARCHAR","friendly_name":"VARCHAR","status":"VARCHAR","type":"VARCHAR","date_created":"VARCHAR","date_updated":"VARCHAR"}]') as page_rows
  from received_pages
),

page_rows as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    unnest(page_rows) as r
  from pages
),

final as (
  select
    r.sid as sid,
    r.owner_account_sid as owner_account_sid,
    r.friendly_name as friendly_name,
    r.status as status,
    r."type" as "type",
    r.date_created as date_created,
    r.date_updated as date_updated,
    run_number,
    task_number,
    page_number,
    observed_at
  from page_rows
)

select
  sid, owner_account_sid, friendly_name, status, "type", date_created, date_updated, run_number, task_number,
  page_number, observed_at
from final
