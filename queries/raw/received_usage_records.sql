-- purpose:    Rows of received pages of usage records, as text, less what must not be kept: what a landing file holds.
-- kind:       landing
-- parameters: none
-- reads:      received_pages
-- grain:      one row of one page
-- order:      none
-- columns:
--   account_sid          VARCHAR    as Twilio sent it, like every VARCHAR here
--   category             VARCHAR
--   description          VARCHAR
--   count                VARCHAR
--   count_unit           VARCHAR
--   usage                VARCHAR
--   usage_unit           VARCHAR
--   price                VARCHAR    positive = Twilio charged
--   price_unit           VARCHAR
--   start_date           VARCHAR    UTC day, inclusive
--   end_date             VARCHAR    UTC day, inclusive
--   as_of                VARCHAR    ISO 8601
--   run_number           INTEGER
--   task_number          INTEGER
--   page_number          INTEGER
--   observed_at          TIMESTAMP  UTC
--   include_subaccounts  BOOLEAN    whether it is of the account with all its subaccounts
-- Read from the JSON first: what else goes into an UNNEST is copied for each page, its whole text among it.
with pages as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    include_subaccounts,
    from_json(rows_text, '[{"account_sid":"VARCHAR","category":"VARCHAR","description":"VARCHAR","count":"VARCHAR","count_unit":"VARCHAR","usage":"VARCHAR","usage_unit":"VARCHAR","price":"VARCHAR","price_unit":"VARCHAR","start_date":"VARCHAR","end_date":"VARCHAR","as_of":"VARCHAR"}]') as page_rows
  from received_pages
),

page_rows as (
  select
    run_number,
    task_number,
    page_number,
    observed_at,
    include_subaccounts,
    unnest(page_rows) as r
  from pages
),

final as (
  select
    r.account_sid as account_sid,
    r.category as category,
    r.description as description,
    r."count" as "count",
    r.count_unit as count_unit,
    r."usage" as "usage",
    r.usage_unit as usage_unit,
    r.price as price,
    r.price_unit as price_unit,
    r.start_date as start_date,
    r.end_date as end_date,
    r.as_of as as_of,
    run_number,
    task_number,
    page_number,
    observed_at,
    include_subaccounts
  from page_rows
)

select
  account_sid, category, description, "count", count_unit, "usage", usage_unit, price, price_unit, start_date,
  end_date, as_of, run_number, task_number, page_number, observed_at, include_subaccounts
from final
