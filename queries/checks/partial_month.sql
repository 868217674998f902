-- purpose:    Months of the period of which only some days were ever asked for, with the days from and to.
-- severity:   warn
-- meaning:    The month's figures hold these days only. Run again over the whole month once it has ended.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      days, account_day_coverage
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month
--   detail   VARCHAR
with extracted_days as (
  select day
  from account_day_coverage
  where day >= $start and day < $end
  group by day
),

months as (
  select
    d.month,
    count(*) as day_count,
    count(e.day) as extracted_count,
    min(e.day) as first_day,
    max(e.day) as last_day
  from days as d
  -- 1:1, a day is listed once
  left join extracted_days as e on e.day = d.day
  where d.day >= cast(date_trunc('month', $start) as date) and d.day < $end
  group by d.month
),

final as (
  select
    substr(cast(month as varchar), 1, 7) as subject,
    case
      when extracted_count = 0 then 'no day was extracted'
      else cast(extracted_count as varchar) || ' of ' || cast(day_count as varchar) || ' days were extracted, from '
        || cast(first_day as varchar) || ' to ' || cast(last_day as varchar)
    end as detail
  from months
  where extracted_count < day_count
)

select subject, detail
from final
order by subject, detail
