-- purpose:    Records that Twilio sent in a form that cannot be used, and has not sent whole since.
-- severity:   warn
-- meaning:    They are in no figure, or there with an older price. Run again after a day; if they stay, ask Twilio's
--             support about the record named here.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      open_quarantine
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with summed as (
  select
    account_sid,
    resource,
    defect,
    case when day is null then 'on no known day' else 'of the period' end as period,
    count(*) as record_count,
    min(record_key) as first_key
  from open_quarantine
  -- A row without a day belongs to no month, and so to each.
  where day is null or (day >= $start and day < $end)
  group by account_sid, resource, defect, case when day is null then 'on no known day' else 'of the period' end
),

final as (
  select
    account_sid as subject,
    resource || ' ' || period || ': ' || cast(record_count as varchar) || ' in quarantine, ' || defect
    || '; the first is ' || coalesce(first_key, 'without a name') as detail
  from summed
)

select subject, detail
from final
order by subject, detail
