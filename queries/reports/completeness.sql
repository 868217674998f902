-- purpose:    Whether calls, messages and Usage Records of every account are known for every day: nothing is skipped in
--             silence.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      accounts, account_day_coverage, days, charge_days, usage_records, open_quarantine
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
  select sid as account_sid
  from accounts
  union
  select account_sid
  from coverage
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

records as (
  select account_sid, day, service as resource, sum(record_count) as record_count
  from charge_days
  where day >= $start and day < $end
  group by account_sid, day, service
  union all
  select account_sid, day, 'usage_records' as resource, count(*) as record_count
  from usage_records
  where day >= $start and day < $end
  group by account_sid, day
),

quarantined as (
  select account_sid, day, resource, count(*) as quarantined_count
  from open_quarantine
  where day >= $start and day < $end
  group by account_sid, day, resource
),

joined as (
  select
    e.account_sid,
    coalesce(a.friendly_name, '') as friendly_name,
    e.day,
    e.resource,
    coalesce(c.status, 'missing') as status,
    cast(coalesce(r.record_count, 0) as bigint) as record_count,
    coalesce(q.quarantined_count, 0) as quarantined_count
  from expected as e
  -- n:1, an account is listed once; none where Twilio does not list it
  left join accounts as a on a.sid = e.account_sid
  -- 1:1 each, all are grouped by account, day and resource
  left join coverage as c
    on c.account_sid = e.account_sid
    and c.day = e.day
    and c.resource = e.resource
  left join records as r
    on r.account_sid = e.account_sid
    and r.day = e.day
    and r.resource = e.resource
  left join quarantined as q
    on q.account_sid = e.account_sid
    and q.day = e.day
    and q.resource = e.resource
),

final as (
  select
    account_sid,
    friendly_name,
    day,
    resource,
    case when status = 'complete' and record_count + quarantined_count = 0 then 'empty' else status end as status,
    record_count,
    quarantined_count
  from joined
)

select account_sid, friendly_name, day, resource, status, record_count, quarantined_count
from final
order by account_sid, day, resource
