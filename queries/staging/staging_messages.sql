-- purpose:    Observations of messages, typed; what cannot be typed exactly carries a defect and goes to quarantine.
-- kind:       staged
-- parameters: none
-- reads:      raw_messages, currencies
-- grain:      ordinal
-- order:      none
-- columns:
--   ordinal                BIGINT         order of observation over all landing files
--   sid                    VARCHAR
--   account_sid            VARCHAR
--   messaging_service_sid  VARCHAR
--   direction              VARCHAR
--   status                 VARCHAR
--   family                 VARCHAR        family of usage categories that counts it, as usage_categories.csv has them
--   from_address           VARCHAR
--   to_address             VARCHAR
--   charged_at             TIMESTAMP      UTC, when the message was sent; created, where is_undated
--   is_undated             BOOLEAN        Twilio gives no date_sent: no date filter reaches the message
--   segments               INTEGER        0 where Twilio gives none
--   media_count            INTEGER        0 where Twilio gives none
--   error_code             VARCHAR
--   cost                   DECIMAL(18,8)  positive = Twilio charged us: the sign is turned here, once; null = unpriced
--   currency               VARCHAR        ISO 4217, upper case; null where Twilio gives none
--   run_number             INTEGER
--   observed_at            TIMESTAMP      UTC
--   price_text             VARCHAR        as Twilio sent it
--   defect                 VARCHAR        why the row cannot be used; null = fine
with texts as (
  select
    landing_sequence * 10000000 + file_row_number as ordinal,
    sid,
    account_sid,
    nullif(messaging_service_sid, '') as messaging_service_sid,
    direction,
    status,
    "from" as from_address,
    "to" as to_address,
    nullif(date_sent, '') as date_sent,
    date_created,
    nullif(num_segments, '') as segments_text,
    nullif(num_media, '') as media_text,
    nullif(error_code, '') as error_code,
    nullif(price, '') as price_text,
    nullif(upper(price_unit), '') as currency,
    run_number,
    observed_at
  from raw_messages
),

typed as (
  select
    t.ordinal,
    t.sid,
    t.account_sid,
    t.messaging_service_sid,
    t.direction,
    t.status,
    message_family(t.sid, t.from_address, t.to_address, try_cast(t.media_text as integer)) as family,
    t.from_address,
    t.to_address,
    utc_time(coalesce(t.date_sent, t.date_created)) as charged_at,
    t.date_sent is null as is_undated,
    t.segments_text,
    case when regexp_full_match(t.segments_text, '-?\d{1,9}') then cast(t.segments_text as integer) end as segments,
    case when regexp_full_match(t.media_text, '-?\d{1,9}') then cast(t.media_text as integer) end as media_count,
    t.error_code,
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
    messaging_service_sid,
    direction,
    status,
    family,
    from_address,
    to_address,
    charged_at,
    is_undated,
    coalesce(segments, 0) as segments,
    coalesce(media_count, 0) as media_count,
    error_code,
    cost,
    currency,
    run_number,
    observed_at,
    price_text,
    case
      when price_text is not null and cost is null then 'price is not a plain decimal that fits DECIMAL(18,8)'
      when cost is not null and known_currency is null then 'priced in no known currency'
      when charged_at is null then 'date_sent is not a date'
      when segments_text is not null and (segments is null or segments < 0) then 'num_segments is not a whole number'
    end as defect
  from typed
)

select
  ordinal, sid, account_sid, messaging_service_sid, direction, status, family, from_address, to_address,
  charged_at, is_undated, segments, media_count, error_code, cost, currency, run_number, observed_at, price_text, defect
from final
