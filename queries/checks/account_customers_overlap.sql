-- purpose:    Accounts that belong to two customers on one day: joins would count their cost twice.
-- severity:   fail
-- meaning:    The customer map holds overlapping entries, although it is refused when read. Mend customers.csv and
--             report the bug.
-- parameters: none
-- reads:      account_customers
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with ranked as (
  select
    account_sid,
    customer_id,
    valid_from,
    max(valid_to) over (
      partition by account_sid
      order by valid_from, valid_to
      rows between unbounded preceding and 1 preceding
    ) as covered_until
  from account_customers
),

final as (
  select
    account_sid as subject,
    'belongs to customer ' || customer_id || ' from ' || cast(valid_from as varchar)
    || ', but an earlier entry holds until ' || cast(covered_until as varchar) as detail
  from ranked
  where covered_until > valid_from
)

select subject, detail
from final
order by subject, detail
