-- purpose:    Rows of received pages of calls, as text, less what must not be kept: what a landing file holds.
--             Of a list without date filter only those without a date, created in the window.
-- kind:       landing
-- parameters: phone_numbers VARCHAR a DuckDB variable: keep or mask
-- reads:      received_pages
-- grain:      one row of one page
-- order:      none
-- columns:
--   sid               VARCHAR   as Twilio sent it, like every VARCHAR here
--   account_sid       VARCHAR
--   parent_call_sid   VARCHAR
--   phone_number_sid  VARCHAR
--   group_sid         VARCHAR
--   trunk_sid         VARCHAR
--   to                VARCHAR   last four digits masked where the party is outside
--   from              VARCHAR   last four digits masked where the party is outside
--   forwarded_from    VARCHAR   last four digits always masked
--   status            VARCHAR
--   direction         VARCHAR
--   start_time        VARCHAR   RFC 2822, like all times here
--   end_time          VARCHAR
--   date_created      VARCHAR
--   date_updated      VARCHAR
--   duration          VARCHAR   seconds
--   queue_time        VARCHAR   milliseconds
--   price             VARCHAR   negative = Twilio charged
--   price_unit        VARCHAR
--   answered_by       VARCHAR
--   run_number        INTEGER
--   task_number       INTEGER
--   page_number       INTEGER
--   observed_at       TIMESTAMP UTC
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
    from_json(rows_text, '[{"sid":"VARCHAR","account_sid":"VARCHAR","parent_call_sid":"VARCHAR","phone_number_sid":"VARCHAR","group_sid":"VARCHAR","trunk_sid":"VARCHAR","to":"VARCHAR","from":"VARCHAR","forwarded_from":"VARCHAR","status":"VARCHAR","direction":"VARCHAR","start_time":"VARCHAR","end_time":"VARCHAR","date_created":"VARCHAR","date_updated":"VARCHAR","duration":"VARCHAR","queue_time":"VARCHAR","price":"VARCHAR","price_unit":"VARCHAR","answered_by":"VARCHAR"}]') as page_rows
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

-- Whose number is whose: `direction` says it. Both parties of a dialled leg, and of an unknown direction, are outside.
parties as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    r,
    getvariable('phone_numbers') = 'keep' or coalesce(r.direction in ('inbound', 'trunking-originating'), false) as keep_to,
    getvariable('phone_numbers') = 'keep' or coalesce(r.direction in ('outbound-api', 'trunking-terminating'), false) as keep_from
  from page_rows
  where keeps_row(undated, r.start_time, utc_time(r.date_created), window_start, window_end)
),

final as (
  select
    r.sid as sid,
    r.account_sid as account_sid,
    r.parent_call_sid as parent_call_sid,
    r.phone_number_sid as phone_number_sid,
    r.group_sid as group_sid,
    r.trunk_sid as trunk_sid,
    case when keep_to then r."to" else mask_address(r."to") end as "to",
    case when keep_from then r."from" else mask_address(r."from") end as "from",
    case when getvariable('phone_numbers') = 'keep' then r.forwarded_from else mask_address(r.forwarded_from) end as forwarded_from,
    r.status as status,
    r.direction as direction,
    r.start_time as start_time,
    r.end_time as end_time,
    r.date_created as date_created,
    r.date_updated as date_updated,
    r.duration as duration,
    r.queue_time as queue_time,
    r.price as price,
    r.price_unit as price_unit,
    r.answered_by as answered_by,
    run_number,
    task_number,
    page_number,
    observed_at
  from parties
)

select
  sid, account_sid, parent_call_sid, phone_number_sid, group_sid, trunk_sid, "to", "from", forwarded_from,
  status, direction, start_time, end_time, date_created, date_updated, duration, queue_time, price, price_unit,
  answered_by, run_number, task_number, page_number, observed_at
from final
