-- purpose:    Rates for a customer that no account belongs to, within the days of the report.
-- severity:   warn
-- meaning:    Mend the customer_id in rates.csv: nothing is charged by this rate, and the customer that was meant is
--             charged by a less exact one, or not at all. Without a customer map, the id is the account's FriendlyName.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      rates, account_customers
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer
--   detail   VARCHAR
with known as (
  select customer_id
  from account_customers
  group by customer_id
),

final as (
  select
    r.customer_id as subject,
    'line ' || cast(r.line as varchar) || ' of rates.csv: no account belongs to this customer' as detail
  from rates as r
  -- n:1, a customer is listed once
  left join known as k on k.customer_id = r.customer_id
  where
    r.customer_id <> ''
    and k.customer_id is null
    and coalesce(r.valid_from, date '0001-01-01') < $end
    and coalesce(r.valid_to, date '9999-12-31') > $start
)

select subject, detail
from final
order by subject, detail
