-- purpose:    Observations of daily usage records, typed; what cannot be typed exactly carries a defect.
-- kind:       staged
-- parameters: none
-- reads:      raw_usage_records, currencies
-- grain:      ordinal
-- order:      none
-- columns:
--   ordinal              BIGINT         order of observation over all landing files
--   account_sid          VARCHAR
--   day                  DATE           UTC
--   category             VARCHAR        Twilio's usage category, lower case
--   count_text           VARCHAR        as Twilio sent it; null for totalprice
--   count_unit           VARCHAR
--   usage_text           VARCHAR        as Twilio sent it
--   usage_unit           VARCHAR
--   usage_count          BIGINT         count as a number; null where it is no whole one
--   usage_units          BIGINT         usage as a number: minutes, segments …; null where it is no whole one
--   include_subaccounts  BOOLEAN        whether it is of the account with all its subaccounts
--   cost                 DECIMAL(18,8)  positive = Twilio charged us, as usage records have it already
--   currency             VARCHAR        ISO 4217, upper case
--   as_of                TIMESTAMP      UTC, up to when Twilio had counted
--   run_number           INTEGER
--   observed_at          TIMESTAMP      UTC
--   price_text           VARCHAR        as Twilio sent it
--   defect               VARCHAR        why the row cannot be used; null = fine
with texts as (
  select
    landing_sequence * 10000000 + file_row_number as ordinal,
    account_sid,
    start_date,
    end_date,
    lower(category) as category,
    "count" as count_text,
    count_unit,
    "usage" as usage_text,
    usage_unit,
    include_subaccounts,
    nullif(price, '') as price_text,
    nullif(upper(price_unit), '') as currency,
    as_of,
    run_number,
    observed_at
  from raw_usage_records
),

typed as (
  select
    t.ordinal,
    t.account_sid,
    try_cast(t.start_date as date) as day,
    t.start_date,
    t.end_date,
    t.category,
    t.count_text,
    t.count_unit,
    t.usage_text,
    t.usage_unit,
    case
      when regexp_full_match(t.count_text, '\d{1,15}(\.0+)?') then cast(split_part(t.count_text, '.', 1) as bigint)
    end as usage_count,
    case
      when regexp_full_match(t.usage_text, '\d{1,15}(\.0+)?') then cast(split_part(t.usage_text, '.', 1) as bigint)
    end as usage_units,
    t.include_subaccounts,
    -- Plain decimals that fit exactly: the pattern is what makes the cast exact, which would round in silence.
    case
      when regexp_full_match(t.price_text, '-?\d{1,10}(\.\d{1,8}0*)?') then cast(t.price_text as decimal(18, 8))
    end as cost,
    t.currency,
    c.currency as known_currency,
    cast(try_cast(t.as_of as timestamptz) as timestamp) as as_of,
    t.run_number,
    t.observed_at,
    t.price_text
  from texts as t
  -- n:1, a currency code is listed once
  left join currencies as c on c.currency = t.currency
),

final as (
  select
    ordinal,
    account_sid,
    day,
    category,
    count_text,
    count_unit,
    usage_text,
    usage_unit,
    usage_count,
    usage_units,
    include_subaccounts,
    cost,
    currency,
    as_of,
    run_number,
    observed_at,
    price_text,
    case
      when price_text is null then 'usage record without a price'
      when cost is null then 'price is not a plain decimal that fits DECIMAL(18,8)'
      when known_currency is null then 'priced in no known currency'
      when day is null or start_date <> end_date then 'not the record of one day'
      when category is null then 'usage record without a category'
    end as defect
  from typed
)

select
  ordinal, account_sid, day, category, count_text, count_unit, usage_text, usage_unit, usage_count,
  usage_units, include_subaccounts, cost, currency, as_of, run_number, observed_at, price_text, defect
from final
