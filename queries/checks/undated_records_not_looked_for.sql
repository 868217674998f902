-- purpose:    Days whose calls or messages are complete, but of which nobody knows whether there are records without a
--             date as well.
-- severity:   warn
-- meaning:    Such records are found only in the list without date filter, which is read from its newest row down as
--             far as --undated-pages says. They hardly ever have a price. Run with more pages, or accept it.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_coverage, tasks
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with complete_days as (
  select account_sid, resource, day
  from account_day_coverage
  where day >= $start and day < $end and status = 'complete' and resource in ('calls', 'messages')
),

-- Such a list is read from the top, so each reading covers one window without a gap.
looked_for as (
  select
    account_sid,
    case when resource = 'undated_calls' then 'calls' else 'messages' end as resource,
    window_start,
    max(window_end) as window_end
  from tasks
  where
    resource in ('undated_calls', 'undated_messages')
    and outcome = 'complete'
    and window_end > cast($start as timestamp)
    and window_start < cast($end as timestamp)
  group by account_sid, resource, window_start
),

looked_for_days as (
  select c.account_sid, c.resource, c.day
  from complete_days as c
  -- n:m, the readings that cover a day, of an account's list: as many as a look-back has nights
  join looked_for as l
    on l.account_sid = c.account_sid
    and l.resource = c.resource
    and l.window_start <= cast(c.day as timestamp)
    and l.window_end >= cast(c.day + 1 as timestamp)
  group by c.account_sid, c.resource, c.day
),

unknown as (
  select
    c.account_sid,
    c.resource,
    count(*) as day_count,
    min(c.day) as first_day,
    max(c.day) as last_day
  from complete_days as c
  -- 1:1, both are grouped by account, resource and day
  left join looked_for_days as l
    on l.account_sid = c.account_sid
    and l.resource = c.resource
    and l.day = c.day
  where l.day is null
  group by c.account_sid, c.resource
),

final as (
  select
    account_sid as subject,
    resource || ' without a date were not looked for on '
    || case
      when day_count = 1 then cast(first_day as varchar)
      else cast(day_count as varchar) || ' days from ' || cast(first_day as varchar) || ' to '
        || cast(last_day as varchar)
    end as detail
  from unknown
)

select subject, detail
from final
order by subject, detail
