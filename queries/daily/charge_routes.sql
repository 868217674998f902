-- purpose:    Calls and messages by account, day, currency, family, direction and country of the number outside: the
--             one reading of every record that sums by day are made of.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, country_digits
-- grain:      account_sid, day, currency, family, direction, calling_code, country_code
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   currency        VARCHAR        ISO 4217; empty where Twilio gives none, as on fresh messages
--   family          VARCHAR        as usage_categories.csv has it
--   direction       VARCHAR        Twilio's
--   calling_code    VARCHAR        of the number called or sent to, of who called in or sent where that is inbound;
--                                  without plus; empty where it is no E.164 number, or too little of it was kept
--   country_code    VARCHAR        ISO 3166-1 alpha-2 of that number; empty likewise, and where the code is no
--                                  country's
--   service         VARCHAR        calls or messages
--   record_count    BIGINT         unpriced and unbilled ones included
--   unbilled_count  BIGINT         calls that never connected and cost nothing: Twilio neither bills nor counts them
--                                  (its page "Resolve call log and usage discrepancies")
--   units           BIGINT         started minutes or segments
--   cost            DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   highest_cost    DECIMAL(18,8)  of one record; null where none is priced
--   failed_cost     DECIMAL(38,8)  of messages that failed
--   unpriced_count  BIGINT
--   unpriced_units  BIGINT
--   open_count      BIGINT         unpriced ones that a price may still come for: the unbilled ones left out
-- Each service by itself: its name beside the family would be hashed and compared for every record. So would
-- codes of countries: records carry the number of the place that their address tells.
-- n:1 each, four digits are listed once; none where the address tells no country
with call_routes as (
  select
    r.account_sid,
    r.day,
    r.currency,
    r.family,
    coalesce(r.direction, '') as direction,
    p.place,
    count(*) as record_count,
    sum(
      case
        when coalesce(r.cost, 0) <> 0 then 0
        when r.status in ('busy', 'failed', 'no-answer', 'canceled') then 1
        else 0
      end
    ) as unbilled_count,
    sum(r.minutes) as units,
    sum(r.cost) as cost,
    max(r.cost) as highest_cost,
    count(*) - count(r.cost) as unpriced_count,
    sum(case when r.cost is null then r.minutes else 0 end) as unpriced_units,
    sum(
      case
        when r.cost is not null then 0
        when r.status in ('busy', 'failed', 'no-answer', 'canceled') then 0
        else 1
      end
    ) as open_count
  from charges as r
  left join country_digits as p on p.digits = address_digits(r.outside_address)
  where
    r.service = 'calls'
    and r.charged_at >= cast($start as timestamp)
    and r.charged_at < cast($end as timestamp)
  group by r.account_sid, r.day, r.currency, r.family, coalesce(r.direction, ''), p.place
),

-- n:1 likewise
message_routes as (
  select
    r.account_sid,
    r.day,
    r.currency,
    r.family,
    coalesce(r.direction, '') as direction,
    p.place,
    count(*) as record_count,
    sum(r.segments) as units,
    sum(r.cost) as cost,
    max(r.cost) as highest_cost,
    sum(case when r.status = 'failed' then r.cost end) as failed_cost,
    count(*) - count(r.cost) as unpriced_count,
    sum(case when r.cost is null then r.segments else 0 end) as unpriced_units
  from charges as r
  left join country_digits as p on p.digits = address_digits(r.outside_address)
  where
    r.service = 'messages'
    and r.charged_at >= cast($start as timestamp)
    and r.charged_at < cast($end as timestamp)
  group by r.account_sid, r.day, r.currency, r.family, coalesce(r.direction, ''), p.place
),

routes as (
  select
    account_sid,
    day,
    currency,
    family,
    direction,
    place,
    'calls' as service,
    record_count,
    cast(unbilled_count as bigint) as unbilled_count,
    cast(units as bigint) as units,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost,
    highest_cost,
    cast(0 as decimal(38, 8)) as failed_cost,
    unpriced_count,
    cast(unpriced_units as bigint) as unpriced_units,
    cast(open_count as bigint) as open_count
  from call_routes
  union all
  select
    account_sid,
    day,
    currency,
    family,
    direction,
    place,
    'messages' as service,
    record_count,
    cast(0 as bigint) as unbilled_count,
    cast(units as bigint) as units,
    coalesce(cost, cast(0 as decimal(38, 8))) as cost,
    highest_cost,
    coalesce(failed_cost, cast(0 as decimal(38, 8))) as failed_cost,
    unpriced_count,
    cast(unpriced_units as bigint) as unpriced_units,
    unpriced_count as open_count
  from message_routes
),

places as (
  select place, calling_code, country_code
  from country_digits
  group by place, calling_code, country_code
),

-- n:1, a place is listed once
final as (
  select
    r.account_sid,
    r.day,
    r.currency,
    r.family,
    r.direction,
    coalesce(p.calling_code, '') as calling_code,
    coalesce(p.country_code, '') as country_code,
    r.service,
    r.record_count,
    r.unbilled_count,
    r.units,
    r.cost,
    r.highest_cost,
    r.failed_cost,
    r.unpriced_count,
    r.unpriced_units,
    r.open_count
  from routes as r
  left join places as p on p.place = r.place
)

select
  account_sid, day, currency, family, direction, calling_code, country_code, service, record_count, unbilled_count,
  units, cost, highest_cost, failed_cost, unpriced_count, unpriced_units, open_count
from final
