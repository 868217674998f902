-- purpose:    Days of a customer whose Usage Records are not known: no line of customer_invoice_lines has their other
--             cost. Only where rates were given.
-- severity:   warn
-- meaning:    An invoice made of these lines lacks what the customer used beyond calls and messages on those days. Run
--             again; usage_unknown, incomplete_windows and quarantined_rows_present tell the account and the reason.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      known_days, account_customers, rates
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer
--   detail   VARCHAR
with rate_count as (
  select count(*) as entries
  from rates
),

unknown as (
  select
    coalesce(c.customer_id, 'unallocated') as customer_id,
    count(*) as day_count,
    min(k.day) as first_day,
    max(k.day) as last_day
  from known_days as k
  -- n:1, the count is one row
  cross join rate_count as n
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= $start and k.day < $end and not k.usage_known and n.entries > 0
  group by coalesce(c.customer_id, 'unallocated')
),

final as (
  select
    customer_id as subject,
    'no line has the other cost of ' || cast(day_count as varchar) || ' account-days from '
    || cast(first_day as varchar) || ' to ' || cast(last_day as varchar) || ': Usage Records are not known'
    as detail
  from unknown
)

select subject, detail
from final
order by subject, detail
