-- purpose:    How bad the comparison of each account's month is, by customer and currency.
-- kind:       period
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      reconciled_days, known_days, statuses, account_customers
-- grain:      month, account_sid, customer_id, currency
-- order:      none
-- columns:
--   month        DATE     UTC, first day
--   account_sid  VARCHAR
--   customer_id  VARCHAR
--   currency     VARCHAR  ISO 4217; empty = counts for every currency, as a day of which usage is not known does
--   badness      INTEGER  of the worst day, as statuses has them
-- n:1, a status is listed once
with judged as (
  select r.account_sid, r.day, r.currency, s.badness
  from reconciled_days as r
  join statuses as s on s.status = r.status
  union all
  select account_sid, day, '' as currency, case when usage_known then 0 else 3 end as badness
  from known_days
  where day >= $start and day < $end
),

worst as (
  select account_sid, day, currency, max(badness) as badness
  from judged
  group by account_sid, day, currency
),

final as (
  select
    cast(date_trunc('month', w.day) as date) as month,
    w.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    w.currency,
    max(w.badness) as badness
  from worst as w
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = w.account_sid
    and c.valid_from <= w.day
    and c.valid_to > w.day
  group by
    cast(date_trunc('month', w.day) as date), w.account_sid, coalesce(c.customer_id, 'unallocated'), w.currency
)

select month, account_sid, customer_id, currency, badness
from final
