-- purpose:    What calls and messages of each direction cost per month, and everything else beside them: together all
--             of customer_cost.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_routes, usage_days, known_days
-- grain:      month, service, direction, currency
-- order:      month, service, direction, currency
-- totals:     record_count, minutes, segments, cost, unpriced_count
-- columns:
--   month           DATE           UTC, first day
--   service         VARCHAR        calls, messages, or other = what Usage Records hold beyond both
--   direction       VARCHAR        Twilio's; empty of other, and where Twilio gives none
--   currency        VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   record_count    BIGINT         calls or messages, unpriced ones included
--   minutes         BIGINT         started minutes of calls
--   segments        BIGINT         of messages
--   cost            DECIMAL(38,8)  in currency; positive = Twilio charged us; of other empty where Usage Records are
--                                  not known for every account-day of the month
--   unpriced_count  BIGINT         counted in no cost
with routes as (
  select
    cast(date_trunc('month', day) as date) as month,
    service,
    direction,
    currency,
    sum(record_count) as record_count,
    sum(units) as units,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from charge_routes
  where day >= $start and day < $end
  group by cast(date_trunc('month', day) as date), service, direction, currency
),

used as (
  select cast(date_trunc('month', day) as date) as month, currency, sum(other_cost) as other_cost
  from usage_days
  where
    day >= $start
    and day < $end
    and (total_price_cost <> 0 or calls_usage_cost <> 0 or messages_usage_cost <> 0)
  group by cast(date_trunc('month', day) as date), currency
),

-- A currency in which only calls and messages are known has other cost too: none, or an unknown one.
other_parts as (
  select month, currency, other_cost
  from used
  union all
  select month, currency, cast(0 as decimal(38, 8)) as other_cost
  from routes
  where currency <> ''
),

other as (
  select month, currency, sum(other_cost) as other_cost
  from other_parts
  group by month, currency
),

unknown as (
  select cast(date_trunc('month', day) as date) as month
  from known_days
  where day >= $start and day < $end and not usage_known
  group by cast(date_trunc('month', day) as date)
),

final as (
  select
    month,
    service,
    direction,
    currency,
    cast(record_count as bigint) as record_count,
    cast(case when service = 'calls' then units else 0 end as bigint) as minutes,
    cast(case when service = 'messages' then units else 0 end as bigint) as segments,
    cost,
    cast(unpriced_count as bigint) as unpriced_count
  from routes
  union all
  select
    o.month,
    'other' as service,
    '' as direction,
    o.currency,
    cast(0 as bigint) as record_count,
    cast(0 as bigint) as minutes,
    cast(0 as bigint) as segments,
    case when u.month is null then o.other_cost end as cost,
    cast(0 as bigint) as unpriced_count
  from other as o
  -- n:1, a month is listed once
  left join unknown as u on u.month = o.month
)

select month, service, direction, currency, record_count, minutes, segments, cost, unpriced_count
from final
order by month, service, direction, currency
