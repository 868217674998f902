-- purpose:    Account-days whose Usage Records are not known although calls or messages are: their other cost is empty.
-- severity:   warn
-- meaning:    other_cost and total_cost of the customer are empty for the month. Run again; see incomplete_windows and
--             quarantined_rows_present for the reason.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      known_days
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with final as (
  select
    account_sid as subject,
    'Usage Records are not known on ' || cast(count(*) as varchar) || ' days from ' || cast(min(day) as varchar)
    || ' to ' || cast(max(day) as varchar) as detail
  from known_days
  where day >= $start and day < $end and not usage_known
  group by account_sid
)

select subject, detail
from final
order by subject, detail
