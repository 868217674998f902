-- purpose:    Observations of calls, typed; what cannot be typed exactly carries a defect and goes to quarantine.
-- kind:       staged
-- parameters: none
-- reads:      raw_calls, currencies
-- grain:      ordinal
-- order:      none
-- columns:
--   ordinal           BIGINT         order of observation over all landing files
--   sid               VARCHAR
--   account_sid       VARCHAR
--   parent_call_sid   VARCHAR
--   phone_number_sid  VARCHAR
--   direction         VARCHAR
--   status            VARCHAR
--   family            VARCHAR        family of usage categories that counts it, as usage_categories.csv has them
--   from_address      VARCHAR
--   to_address        VARCHAR
--   charged_at        TIMESTAMP      UTC, when the call started; created, where is_undated
--   is_undated        BOOLEAN        Twilio gives no start_time: no date filter reaches the call
--   duration_seconds  INTEGER        0 where Twilio gives none
--   cost              DECIMAL(18,8)  positive = Twilio charged us: the sign is turned here, once; null = unpriced
--   currency          VARCHAR        ISO 4217, upper case; null where Twilio gives none
--   run_number        INTEGER
--   observed_at       TIMESTAMP      UTC
--   price_text        VARCHAR        as Twilio sent it
--   defect            VARCHAR        why the row cannot be used; null = fine
with texts as (
  select
    landing_sequence * 10000000 + file_row_number as ordinal,
    sid,
    account_sid,
    nullif(parent_call_sid, '') as parent_call_sid,
    nullif(phone_number_sid, '') as phone_number_sid,
    direction,
    status,
    "from" as from_address,
    "to" as to_address,
    nullif(start_time, '') as start_time,
    date_created,
    nullif(duration, '') as duration_text,
    nullif(price, '') as price_text,
    nullif(upper(price_unit), '') as currency,
    run_number,
    observed_at
  from raw_calls
),

typed as (
  select
    t.ordinal,
    t.sid,
    t.account_sid,
    t.parent_call_sid,
    t.phone_number_sid,
    t.direction,
    t.status,
    call_family(t.direction, t.from_address, t.to_address) as family,
    t.from_address,
    t.to_address,
    utc_time(coalesce(t.start_time, t.date_created)) as charged_at,
    t.start_time is null as is_undated,
    t.duration_text,
    -- A cast alone would round 1.5.
    case
      when regexp_full_match(t.duration_text, '-?\d{1,9}') then cast(t.duration_text as integer)
    end as duration_seconds,
    t.price_text,
    -- Plain decimals that fit exactly: the pattern is what makes the cast exact, which would round in silence.
    case
      when regexp_full_match(t.price_text, '-?\d{1,10}(\.\d{1,8}0*)?') then -cast(t.price_text as decimal(18, 8))
    end as cost,
    t.currency,
    c.currency as known_currency,
    t.run_number,
    t.observed_at
  from texts as t
  -- n:1, a currency code is listed once
  left join currencies as c on c.currency = t.currency
),

final as (
  select
    ordinal,
    sid,
    account_sid,
    parent_call_sid,
    phone_number_sid,
    direction,
    status,
    family,
    from_address,
    to_address,
    charged_at,
    is_undated,
    coalesce(duration_seconds, 0) as duration_seconds,
    cost,
    currency,
    run_number,
    observed_at,
    price_text,
    case
      when price_text is not null and cost is null then 'price is not a plain decimal that fits DECIMAL(18,8)'
      when cost is not null and known_currency is null then 'priced in no known currency'
      when charged_at is null then 'start_time is not a date'
      when duration_text is not null and coalesce(duration_seconds, -1) < 0 then 'duration is not whole seconds'
    end as defect
  from typed
)

select
  ordinal, sid, account_sid, parent_call_sid, phone_number_sid, direction, status, family, from_address, to_address,
  charged_at,  is_undated, duration_seconds, cost, currency, run_number, observed_at, price_text, defect
from final
