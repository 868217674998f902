-- purpose:    How many accounts are known whole in the month, and how many are not.
-- kind:       query
-- parameters: none
-- reads:      report_completeness
-- grain:      none
-- order:      none
-- columns:
--   accounts_count     BIGINT
--   incomplete_count   BIGINT  of those, with a day of which a list is not known whole
--   account_days       BIGINT  accounts times days
--   incomplete_days    BIGINT  of those, with a list that is not known whole
--   quarantined_count  BIGINT  records that cannot be used: in no figure
with account_days as (
  select
    account_sid,
    day,
    max(case when status in ('complete', 'empty') then 0 else 1 end) as is_incomplete,
    sum(quarantined_count) as quarantined_count
  from report_completeness
  group by account_sid, day
),

accounts_summed as (
  select
    account_sid,
    count(*) as day_count,
    sum(is_incomplete) as incomplete_days,
    sum(quarantined_count) as quarantined_count
  from account_days
  group by account_sid
),

final as (
  select
    count(*) as accounts_count,
    coalesce(cast(sum(case when incomplete_days > 0 then 1 else 0 end) as bigint), 0) as incomplete_count,
    coalesce(cast(sum(day_count) as bigint), 0) as account_days,
    coalesce(cast(sum(incomplete_days) as bigint), 0) as incomplete_days,
    coalesce(cast(sum(quarantined_count) as bigint), 0) as quarantined_count
  from accounts_summed
)

select accounts_count, incomplete_count, account_days, incomplete_days, quarantined_count
from final
