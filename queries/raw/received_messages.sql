-- purpose:    Rows of received pages of messages, as text, less what must not be kept: what a landing file holds.
--             Of a list without date filter only those without a date, created in the window.
-- kind:       landing
-- parameters: phone_numbers VARCHAR a DuckDB variable: keep or mask
-- reads:      received_pages
-- grain:      one row of one page
-- order:      none
-- columns:
--   sid                    VARCHAR   as Twilio sent it, like every VARCHAR here
--   account_sid            VARCHAR
--   messaging_service_sid  VARCHAR
--   to                     VARCHAR   last four digits masked where the party is outside
--   from                   VARCHAR   last four digits masked where the party is outside
--   status                 VARCHAR
--   direction              VARCHAR
--   date_created           VARCHAR   RFC 2822, like all times here
--   date_sent              VARCHAR
--   date_updated           VARCHAR
--   num_segments           VARCHAR
--   num_media              VARCHAR
--   error_code             VARCHAR
--   error_message          VARCHAR
--   price                  VARCHAR   negative = Twilio charged
--   price_unit             VARCHAR
--   run_number             INTEGER
--   task_number            INTEGER
--   page_number            INTEGER
--   observed_at            TIMESTAMP UTC
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    undated,
    window_start,
    window_end,
    from_json(rows_text, '[{"sid":"VARCHAR","account_sid":"VARCHAR","messaging_service_sid":"VARCHAR","to":"VARCHAR","from":"VARCHAR","status":"VARCHAR","direction":"VARCHAR","date_created":"VARCHAR","date_sent":"VARCHAR","date_updated":"VARCHAR","num_segments":"VARCHAR","num_media":"VARCHAR","error_code":"VARCHAR","error_message":"VARCHAR","price":"VARCHAR","price_unit":"VARCHAR"}]') as page_rows
  from received_pages
),

page_rows as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    undated,
    window_start,
    window_end,
    unnest(page_rows) as r
  from pages
),

-- Whose number is whose: `direction` says it. Both parties of an unknown direction are outside.
parties as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    r,
    getvariable('phone_numbers') = 'keep' or coalesce(r.direction = 'inbound', false) as keep_to,
    getvariable('phone_numbers') = 'keep' or coalesce(r.direction in ('outbound-api', 'outbound-call', 'outbound-reply'), false) as keep_from
  from page_rows
  where keeps_row(undated, r.date_sent, utc_time(r.date_created), window_start, window_end)
),

final as (
  select
    r.sid as sid,
    r.account_sid as account_sid,
    r.messaging_service_sid as messaging_service_sid,
    case when keep_to then r."to" else mask_address(r."to") end as "to",
    case when keep_from then r."from" else mask_address(r."from") end as "from",
    r.status as status,
    r.direction as direction,
    r.date_created as date_created,
    r.date_sent as date_sent,
    r.date_updated as date_updated,
    r.num_segments as num_segments,
    r.num_media as num_media,
    r.error_code as error_code,
    r.error_message as error_message,
    r.price as price,
    r.price_unit as price_unit,
    run_number,
    task_number,
    page_number,
    observed_at
  from parties
)

select
  sid, account_sid, messaging_service_sid, "to", "from", status, direction, date_created, date_sent,
  date_updated, num_segments, num_media, error_code, error_message, price, price_unit, run_number, task_number,
  page_number, observed_at
from final
