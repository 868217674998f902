-- purpose:    Usage Records that Twilio had not finished when they were read: counted less than a whole day past their
--             day's end.
-- severity:   warn
-- meaning:    Run again in a day or two: usage is read again with the look-back. Until then the comparison of these
--             days is open.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      cause_accounts, known_days
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid, or all accounts
--   detail   VARCHAR
with amounts as (
  select
    account_sid as subject,
    amount_text || ': not counted to its end yet, ' || days_text as detail
  from cause_accounts
  where cause = 'usage_not_final'
),

open_days as (
  select
    count(*) as day_count,
    count(distinct account_sid) as account_count,
    min(day) as first_day,
    max(day) as last_day
  from known_days
  where day >= $start and day < $end and usage_known and not usage_final
),

final as (
  select subject, detail
  from amounts
  union all
  select
    'all accounts' as subject,
    cast(day_count as varchar) || ' days of ' || cast(account_count as varchar)
    || ' accounts were not finished yet, from ' || cast(first_day as varchar) || ' to ' || cast(last_day as varchar)
    as detail
  from open_days
  where day_count > 0
)

select subject, detail
from final
order by subject, detail
