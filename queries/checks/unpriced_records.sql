-- purpose:    Calls and messages without a price: counted, in no cost.
-- severity:   warn
-- meaning:    Twilio prices within a day, messages sometimes later: run again. unpriced.csv lists them.
-- parameters: none
-- reads:      report_unpriced
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  calls or messages
--   detail   VARCHAR
with summed as (
  select
    service,
    account_sid,
    count(*) as record_count,
    min(charged_at) as first_at
  from report_unpriced
  group by service, account_sid
),

final as (
  select
    service as subject,
    cast(sum(record_count) as varchar) || ' without a price, of ' || cast(count(*) as varchar)
    || ' accounts, the oldest of ' || cast(cast(min(first_at) as date) as varchar) as detail
  from summed
  group by service
)

select subject, detail
from final
order by subject, detail
