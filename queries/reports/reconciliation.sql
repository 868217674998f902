-- purpose:    Itemised cost beside Twilio's Usage Records, by account, day, currency and service; not compared yet.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_days, usage_days, usage_known_days
-- grain:      account_sid, day, currency, service
-- order:      account_sid, day, currency, service
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   currency        VARCHAR        ISO 4217
--   service         VARCHAR        calls or messages
--   itemised_count  BIGINT         priced calls or messages
--   itemised_cost   DECIMAL(38,8)  what they add up to
--   usage_cost      DECIMAL(38,8)  what Usage Records say; empty where they are not known
--   status          VARCHAR        not_compared
with items as (
  select
    account_sid,
    day,
    currency,
    service,
    sum(record_count - unpriced_count) as itemised_count,
    sum(cost) as itemised_cost
  from charge_days
  where day >= $start and day < $end and record_count > unpriced_count
  group by account_sid, day, currency, service
),

usage_totals as (
  select account_sid, day, currency, 'calls' as service, calls_usage_cost as usage_cost
  from usage_days
  where day >= $start and day < $end and calls_usage_cost <> 0
  union all
  select account_sid, day, currency, 'messages' as service, messages_usage_cost as usage_cost
  from usage_days
  where day >= $start and day < $end and messages_usage_cost <> 0
),

together as (
  select account_sid, day, currency, service, itemised_count, itemised_cost, cast(0 as decimal(38, 8)) as usage_cost
  from items
  union all
  select
    account_sid,
    day,
    currency,
    service,
    0 as itemised_count,
    cast(0 as decimal(38, 8)) as itemised_cost,
    usage_cost
  from usage_totals
),

summed as (
  select
    account_sid,
    day,
    currency,
    service,
    cast(sum(itemised_count) as bigint) as itemised_count,
    sum(itemised_cost) as itemised_cost,
    sum(usage_cost) as usage_cost
  from together
  group by account_sid, day, currency, service
),

final as (
  select
    s.account_sid,
    s.day,
    s.currency,
    s.service,
    s.itemised_count,
    s.itemised_cost,
    case when k.usage_known then s.usage_cost end as usage_cost,
    'not_compared' as status
  from summed as s
  -- n:1, an account-day is listed once; none where no task touched it
  left join usage_known_days as k on k.account_sid = s.account_sid and k.day = s.day
)

select account_sid, day, currency, service, itemised_count, itemised_cost, usage_cost, status
from final
order by account_sid, day, currency, service
