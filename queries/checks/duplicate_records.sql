-- purpose:    Calls and messages of the period that the ledger holds more than once, on whatever days.
-- severity:   fail
-- meaning:    Loading has doubled a record, so every cost is in doubt. Do not send the reports out; run `subledger
--             rebuild` and report the bug.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  service and sid
--   detail   VARCHAR
with of_period as (
  select service, sid
  from charges
  where day >= $start and day < $end
  group by service, sid
),

final as (
  select
    c.service || ' ' || c.sid as subject,
    'stands in the ledger ' || cast(count(*) as varchar) || ' times' as detail
  from charges as c
  -- n:1, a sid of the period is listed once
  join of_period as p on p.service = c.service and p.sid = c.sid
  group by c.service, c.sid
  having count(*) > 1
)

select subject, detail
from final
order by subject, detail
