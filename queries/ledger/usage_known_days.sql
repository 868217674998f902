-- purpose:    Account-days that anything was read of, in part or whole: are their Usage Records known?
-- kind:       view
-- parameters: none
-- reads:      account_day_coverage, open_quarantine, usage_records
-- grain:      account_sid, day
-- order:      none
-- columns:
--   account_sid  VARCHAR
--   day          DATE     UTC
--   usage_known  BOOLEAN  Usage Records were read whole, none is in quarantine, and `totalprice` is not missing
with covered as (
  select
    account_sid,
    day,
    max(case when resource = 'usage_records' and status = 'complete' then 1 else 0 end) as usage_complete
  from account_day_coverage
  where status <> 'refused'
  group by account_sid, day
),

spoilt as (
  select account_sid, day
  from open_quarantine
  where resource = 'usage_records'
  union
  select account_sid, day
  from usage_records
  group by account_sid, day, currency
  having max(case when category = 'totalprice' then 1 else 0 end) = 0
),

final as (
  select
    c.account_sid,
    c.day,
    c.usage_complete = 1 and s.account_sid is null as usage_known
  from covered as c
  -- 1:1, a union lists an account-day once
  left join spoilt as s on s.account_sid = c.account_sid and s.day = c.day
)

select account_sid, day, usage_known
from final
