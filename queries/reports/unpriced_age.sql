-- purpose:    How long calls and messages have been waiting for their price, by the days from their own to the end of
--             the period, as far as it was pulled.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_families, known_days, account_customers
-- grain:      month, customer_id, service, currency, age
-- order:      month, customer_id, service, currency, age
-- totals:     unpriced_count, open_count, minutes, segments
-- columns:
--   month           DATE     UTC, first day
--   customer_id     VARCHAR  `unallocated` = of accounts that map to nobody
--   customer_name   VARCHAR
--   service         VARCHAR  calls or messages
--   currency        VARCHAR  ISO 4217; empty where Twilio gives none yet
--   age             VARCHAR  `0 to 1 days`, `2 to 7 days`, `8 to 30 days` or `over 30 days`: from the day of the charge
--                            to that after the last of the period which was pulled, both UTC
--   unpriced_count  BIGINT   counted in no cost
--   open_count      BIGINT   of those, a price may still come: not of calls that never connected
--   minutes         BIGINT   started minutes of the unpriced calls
--   segments        BIGINT   of the unpriced messages
--   oldest_day      DATE     UTC, of the oldest of them
with as_of as (
  select coalesce(max(day) + 1, $end) as day
  from known_days
  where day >= $start and day < $end
),

unpriced as (
  select
    account_sid,
    day,
    service,
    currency,
    sum(unpriced_count) as unpriced_count,
    sum(open_count) as open_count,
    sum(unpriced_units) as unpriced_units
  from charge_families
  where day >= $start and day < $end and unpriced_count > 0
  group by account_sid, day, service, currency
),

aged as (
  select
    cast(date_trunc('month', u.day) as date) as month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    u.service,
    u.currency,
    case
      when a.day - u.day > 30 then 'over 30 days'
      when a.day - u.day > 7 then '8 to 30 days'
      when a.day - u.day > 1 then '2 to 7 days'
      else '0 to 1 days'
    end as age,
    u.unpriced_count,
    u.open_count,
    u.unpriced_units,
    u.day
  from unpriced as u
  -- n:1, there is one day
  cross join as_of as a
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= u.day
    and c.valid_to > u.day
),

final as (
  select
    month,
    customer_id,
    max(customer_name) as customer_name,
    service,
    currency,
    age,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(open_count) as bigint) as open_count,
    cast(sum(case when service = 'calls' then unpriced_units else 0 end) as bigint) as minutes,
    cast(sum(case when service = 'messages' then unpriced_units else 0 end) as bigint) as segments,
    min(day) as oldest_day
  from aged
  group by month, customer_id, service, currency, age
)

select
  month, customer_id, customer_name, service, currency, age, unpriced_count, open_count, minutes, segments, oldest_day
from final
order by month, customer_id, service, currency, age
