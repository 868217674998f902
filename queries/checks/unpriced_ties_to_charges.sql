-- purpose:    The list of unpriced calls and messages against the charges without a cost, by service and currency.
-- severity:   fail
-- meaning:    unpriced.csv lacks a record, or holds one too many. Do not send it out; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_unpriced, charges
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  service and currency, or `(no currency)`
--   detail   VARCHAR
with listed as (
  select service, currency, count(*) as record_count
  from report_unpriced
  group by service, currency
),

charged as (
  select service, currency, count(*) as record_count
  from charges
  where day >= $start and day < $end and cost is null
  group by service, currency
),

compared as (
  select
    coalesce(l.service, c.service) as service,
    coalesce(l.currency, c.currency) as currency,
    coalesce(l.record_count, 0) as listed_count,
    coalesce(c.record_count, 0) as charged_count
  from listed as l
  -- 1:1, both are grouped by service and currency
  full join charged as c on c.service = l.service and c.currency = l.currency
),

final as (
  select
    service || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    cast(listed_count as varchar) || ' are listed, the ledger holds ' || cast(charged_count as varchar)
    || ' without a price' as detail
  from compared
  where listed_count <> charged_count
)

select subject, detail
from final
order by subject, detail
