-- purpose:    Calls and messages that have a price and no date: counted on the day on which they were created.
-- severity:   warn
-- meaning:    Twilio charged for something that never took place, such as a failed message's fee. undated.csv lists
--             them; Twilio may count them on another day.
-- parameters: none
-- reads:      report_undated
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with summed as (
  select
    account_sid,
    service,
    currency,
    count(*) as record_count,
    sum(cost) as cost
  from report_undated
  where cost is not null
  group by account_sid, service, currency
),

final as (
  select
    account_sid as subject,
    cast(record_count as varchar) || ' ' || service || ' without a date, ' || cast(cost as varchar) || ' '
    || currency as detail
  from summed
)

select subject, detail
from final
order by subject, detail
