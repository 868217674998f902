-- purpose:    The lines of each customer's statement, by day, account, service and currency: customers/<customer>.csv.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_days, usage_days, known_days, account_customers, accounts
-- grain:      customer_id, day, account_sid, service, currency
-- order:      customer_id, day, account_sid, service, currency
-- totals:     record_count, minutes, segments, cost, unpriced_count
-- columns:
--   customer_id     VARCHAR
--   customer_name   VARCHAR
--   day             DATE           UTC
--   account_sid     VARCHAR
--   friendly_name   VARCHAR        as Twilio lists it now; empty where Twilio does not list the account
--   service         VARCHAR        calls, messages, or other = what Usage Records hold beyond both
--   currency        VARCHAR        ISO 4217; empty where Twilio gives none yet, and where other cost is not known
--   record_count    BIGINT         calls or messages, unpriced ones included
--   minutes         BIGINT         started minutes of calls
--   segments        BIGINT         of messages
--   cost            DECIMAL(38,8)  in currency; positive = Twilio charged us; empty = not known
--   unpriced_count  BIGINT         counted in no cost
with known_other as (
  select
    u.account_sid,
    u.day,
    u.currency,
    u.other_cost
  from usage_days as u
  -- n:1, an account-day is listed once; none where no task touched it
  left join known_days as k on k.account_sid = u.account_sid and k.day = u.day
  where u.day >= $start and u.day < $end and u.other_cost <> 0 and coalesce(k.usage_known, true)
),

lines as (
  select
    account_sid,
    day,
    service,
    currency,
    record_count,
    minutes,
    segments,
    cost,
    unpriced_count
  from charge_days
  where day >= $start and day < $end
  union all
  select
    account_sid,
    day,
    'other' as service,
    currency,
    0 as record_count,
    0 as minutes,
    0 as segments,
    other_cost as cost,
    0 as unpriced_count
  from known_other
  union all
  select
    account_sid,
    day,
    'other' as service,
    '' as currency,
    0 as record_count,
    0 as minutes,
    0 as segments,
    cast(null as decimal(38, 8)) as cost,
    0 as unpriced_count
  from known_days
  where day >= $start and day < $end and not usage_known
),

final as (
  select
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    l.day,
    l.account_sid,
    coalesce(a.friendly_name, '') as friendly_name,
    l.service,
    l.currency,
    l.record_count,
    l.minutes,
    l.segments,
    l.cost,
    l.unpriced_count
  from lines as l
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = l.account_sid
    and c.valid_from <= l.day
    and c.valid_to > l.day
  -- n:1, an account is listed once
  left join accounts as a on a.sid = l.account_sid
)

select
  customer_id, customer_name, day, account_sid, friendly_name, service, currency, record_count, minutes, segments,
  cost, unpriced_count
from final
order by customer_id, day, account_sid, service, currency
