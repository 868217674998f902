-- purpose:    Calls and messages by account, day, currency, family, direction and country of the number outside: the
--             one reading of every record that sums by day are made of.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, country_prefixes
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
-- Each service by itself: its name beside the family would be hashed and compared for every record. Of a number, the
-- few digits that can tell a country are kept, so that those are looked up once for each group and not for each record.
with call_routes as (
  select
    account_sid,
    day,
    currency,
    family,
    direction,
    address_digits(outside_address) as digits,
    count(*) as record_count,
    sum(
      case
        when coalesce(cost, 0) <> 0 then 0
        when status in ('busy', 'failed', 'no-answer', 'canceled') then 1
        else 0
      end
    ) as unbilled_count,
    sum(minutes) as units,
    sum(cost) as cost,
    max(cost) as highest_cost,
    count(*) - count(cost) as unpriced_count,
    sum(case when cost is null then minutes else 0 end) as unpriced_units,
    sum(
      case
        when cost is not null then 0
        when status in ('busy', 'failed', 'no-answer', 'canceled') then 0
        else 1
      end
    ) as open_count
  from charges
  where
    service = 'calls'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, currency, family, direction, address_digits(outside_address)
),

message_routes as (
  select
    account_sid,
    day,
    currency,
    family,
    direction,
    address_digits(outside_address) as digits,
    count(*) as record_count,
    sum(segments) as units,
    sum(cost) as cost,
    max(cost) as highest_cost,
    sum(case when status = 'failed' then cost end) as failed_cost,
    count(*) - count(cost) as unpriced_count,
    sum(case when cost is null then segments else 0 end) as unpriced_units
  from charges
  where
    service = 'messages'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, currency, family, direction, address_digits(outside_address)
),

routes as (
  select
    account_sid,
    day,
    currency,
    family,
    coalesce(direction, '') as direction,
    digits,
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
    coalesce(direction, '') as direction,
    digits,
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

-- n:1 each, a prefix is listed once; the longest one counts, also where it is no country's
placed as (
  select
    r.account_sid,
    r.day,
    r.currency,
    r.family,
    r.direction,
    coalesce(p4.calling_code, p3.calling_code, p2.calling_code, p1.calling_code, '') as calling_code,
    coalesce(
      case
        when p4.prefix is not null then p4.country_code
        when p3.prefix is not null then p3.country_code
        when p2.prefix is not null then p2.country_code
        else p1.country_code
      end,
      ''
    ) as country_code,
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
  left join country_prefixes as p4 on p4.prefix = r.digits
  left join country_prefixes as p3 on p3.prefix = left(r.digits, 3)
  left join country_prefixes as p2 on p2.prefix = left(r.digits, 2)
  left join country_prefixes as p1 on p1.prefix = left(r.digits, 1)
),

final as (
  select
    account_sid,
    day,
    currency,
    family,
    direction,
    calling_code,
    country_code,
    service,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(unbilled_count) as bigint) as unbilled_count,
    cast(sum(units) as bigint) as units,
    sum(cost) as cost,
    max(highest_cost) as highest_cost,
    sum(failed_cost) as failed_cost,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(unpriced_units) as bigint) as unpriced_units,
    cast(sum(open_count) as bigint) as open_count
  from placed
  group by account_sid, day, currency, family, direction, calling_code, country_code, service
)

select
  account_sid, day, currency, family, direction, calling_code, country_code, service, record_count, unbilled_count,
  units, cost, highest_cost, failed_cost, unpriced_count, unpriced_units, open_count
from final
