-- purpose:    Account-days that are not known whole: what is added up over them is a part. Readers are told before they
--             take it for all of it.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      listed_accounts, account_day_coverage, tasks, days, open_quarantine
-- grain:      account_sid, day, resource
-- order:      account_sid, day, resource
-- columns:
--   account_sid  VARCHAR
--   day          DATE     UTC
--   resource     VARCHAR  calls, messages or usage_records
--   status       VARCHAR  partial, refused, failed or missing, as in the report completeness; quarantined = read whole,
--                         and rows of it cannot be used
with resources as (
  select 'calls' as resource
  union all select 'messages' as resource
  union all select 'usage_records' as resource
),

known_accounts as (
  select account_sid
  from listed_accounts
  where gone_from > $start
  union
  select account_sid
  from tasks
  where window_end > cast($start as timestamp) and window_start < cast($end as timestamp)
),

expected as (
  select
    a.account_sid,
    d.day,
    r.resource
  from known_accounts as a
  -- n:m on purpose: every account with every day and resource
  cross join days as d
  cross join resources as r
  where d.day >= $start and d.day < $end
),

spoilt as (
  select account_sid, day, resource
  from open_quarantine
  where day >= $start and day < $end
  group by account_sid, day, resource
),

stated as (
  select
    e.account_sid,
    e.day,
    e.resource,
    case
      when c.status is null then 'missing'
      when c.status = 'complete' and s.resource is not null then 'quarantined'
      else c.status
    end as status
  from expected as e
  -- 1:1, an account, resource and day has one status; none where nobody asked
  left join account_day_coverage as c
    on c.account_sid = e.account_sid
    and c.resource = e.resource
    and c.day = e.day
  -- 1:1, grouped by account, day and resource
  left join spoilt as s
    on s.account_sid = e.account_sid
    and s.resource = e.resource
    and s.day = e.day
),

final as (
  select account_sid, day, resource, status
  from stated
  where status <> 'complete'
)

select account_sid, day, resource, status
from final
order by account_sid, day, resource
