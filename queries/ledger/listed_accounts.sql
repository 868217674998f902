-- purpose:    Accounts, and from when on nothing is expected of them any more: a list of all accounts that was read
--             later lacks them.
-- kind:       view
-- parameters: none
-- reads:      accounts, tasks
-- grain:      account_sid
-- order:      none
-- columns:
--   account_sid  VARCHAR
--   gone_from    DATE     UTC, first day of the month after that in which it was listed last; 9999-12-31 = not gone
-- Where accounts are asked one by one, nobody says which others there are: a list has more than one row.
with newest as (
  select max(started_at) as started_at
  from tasks
  where resource = 'accounts' and outcome = 'complete' and record_count > 1
),

final as (
  select
    a.sid as account_sid,
    case
      when n.started_at > a.observed_at then cast(date_trunc('month', a.observed_at) + interval 1 month as date)
      else date '9999-12-31'
    end as gone_from
  from accounts as a
  -- n:1, there is one newest list
  cross join newest as n
)

select account_sid, gone_from
from final
