-- purpose:    Account, resource and days that are refused, failed, read in part, or missing while others were asked.
-- severity:   warn
-- meaning:    The figures of that account lack these days. Run again; where it is refused, check the account's status
--             and the credentials' rights. completeness.csv lists every day.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_completeness, account_day_coverage
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with touched as (
  select account_sid, resource, day, status, last_outcome
  from account_day_coverage
  where day >= $start and day < $end
),

-- Days that nobody was asked for are the business of partial_month.
extracted_days as (
  select day
  from touched
  group by day
),

incomplete as (
  select
    c.account_sid,
    c.resource,
    c.day,
    c.status
  from report_completeness as c
  -- n:1, a day is listed once
  join extracted_days as e on e.day = c.day
  where c.status not in ('complete', 'empty')
  union all
  select
    account_sid,
    resource,
    day,
    'complete, but the last re-read '
    || case when last_outcome = 'refused' then 'was refused' else 'failed' end as status
  from touched
  where status = 'complete' and last_outcome <> 'complete'
),

summed as (
  select
    account_sid,
    resource,
    status,
    count(*) as day_count,
    min(day) as first_day,
    max(day) as last_day
  from incomplete
  group by account_sid, resource, status
),

final as (
  select
    account_sid as subject,
    resource || ': ' || status || ', '
    || case
      when day_count = 1 then cast(first_day as varchar)
      else cast(day_count as varchar) || ' days from ' || cast(first_day as varchar) || ' to '
        || cast(last_day as varchar)
    end as detail
  from summed
)

select subject, detail
from final
order by subject, detail
