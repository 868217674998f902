-- purpose:    The formula on Twilio's Subaccounts page, price times duration, beside what Twilio charged for the calls.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      calls
-- grain:      month, account_sid, currency
-- order:      month, account_sid, currency
-- totals:     calls_count, charged_cost, price_times_seconds, price_times_minutes
-- columns:
--   month                DATE           UTC, first day
--   account_sid          VARCHAR
--   currency             VARCHAR        ISO 4217
--   calls_count          BIGINT         priced calls only
--   charged_cost         DECIMAL(38,8)  the sum of their prices: what Twilio charged
--   price_times_seconds  DECIMAL(38,8)  price x duration in seconds: no amount that anybody owes
--   price_times_minutes  DECIMAL(38,8)  price x started minutes: neither
with priced as (
  select
    cast(date_trunc('month', charged_at) as date) as month,
    account_sid,
    currency,
    -- Wide before it is multiplied: DECIMAL(18,8) times an integer stays DECIMAL(18,8) and overflows.
    cast(cost as decimal(38, 8)) as cost,
    duration_seconds,
    cast((duration_seconds + 59) // 60 as integer) as minutes
  from calls
  where cost is not null and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
),

final as (
  select
    month,
    account_sid,
    currency,
    count(*) as calls_count,
    sum(cost) as charged_cost,
    sum(cost * duration_seconds) as price_times_seconds,
    sum(cost * minutes) as price_times_minutes
  from priced
  group by month, account_sid, currency
)

select month, account_sid, currency, calls_count, charged_cost, price_times_seconds, price_times_minutes
from final
order by month, account_sid, currency
