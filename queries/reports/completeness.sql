-- purpose:    Whether calls, messages and Usage Records of every account are known for every day: nothing is skipped in
--             silence.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      accounts, listed_accounts, account_day_coverage, tasks, days, charge_days, usage_records, open_quarantine
-- grain:      account_sid, day, resource
-- order:      account_sid, day, resource
-- columns:
--   account_sid        VARCHAR
--   friendly_name      VARCHAR  as Twilio lists it now; empty where Twilio does not list the account
--   day                DATE     UTC
--   resource           VARCHAR  calls, messages or usage_records
--   status             VARCHAR  complete; empty = complete, and nothing there; partial = a part of the day; refused;
--                               failed; missing = nobody asked
--   record_count       BIGINT   in the ledger
--   quarantined_count  BIGINT   cannot be used: in no figure
with resources as (
  select 'calls' as resource
  union all select 'messages' as resource
  union all select 'usage_records' as resource
),

coverage as (
  select account_sid, resource, day, status
  from account_day_coverage
  where day >= $start and day < $end
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

-- Everything that is known of an account, day and resource, added up once: joins would hold each side in memory.
facts as (
  select account_sid, day, resource, cast(null as varchar) as status, 0 as record_count, 0 as quarantined_count
  from expected
  union all
  select account_sid, day, resource, status, 0 as record_count, 0 as quarantined_count
  from coverage
  union all
  select account_sid, day, service as resource, cast(null as varchar) as status, record_count, 0 as quarantined_count
  from charge_days
  where day >= $start and day < $end
  union all
  select account_sid, day, 'usage_records' as resource, cast(null as varchar) as status, 1 as record_count,
    0 as quarantined_count
  from usage_records
  where day >= $start and day < $end
  union all
  select account_sid, day, resource, cast(null as varchar) as status, 0 as record_count, 1 as quarantined_count
  from open_quarantine
  where day >= $start and day < $end
),

summed as (
  select
    account_sid,
    day,
    resource,
    coalesce(max(status), 'missing') as status,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(quarantined_count) as bigint) as quarantined_count
  from facts
  group by account_sid, day, resource
),

final as (
  select
    s.account_sid,
    coalesce(a.friendly_name, '') as friendly_name,
    s.day,
    s.resource,
    case
      when s.status = 'complete' and s.record_count + s.quarantined_count = 0 then 'empty'
      else s.status
    end as status,
    s.record_count,
    s.quarantined_count
  from summed as s
  -- n:1, an account is listed once; none where Twilio does not list it
  left join accounts as a on a.sid = s.account_sid
)

select account_sid, friendly_name, day, resource, status, record_count, quarantined_count
from final
order by account_sid, day, resource
