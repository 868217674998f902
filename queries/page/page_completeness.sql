-- purpose:    What is known of each account and day, the worst of calls, messages and Usage Records: the heat strip of
--             report.html. At most 60 accounts, the least complete first, as runs of days of one status; before them
--             all accounts together.
-- kind:       query
-- parameters: none
-- reads:      report_completeness
-- grain:      place, first_day
-- order:      place, first_day
-- columns:
--   place            INTEGER  0 = all accounts together; 1 = most days that are not complete
--   account_sid      VARCHAR  empty for all together
--   friendly_name    VARCHAR  likewise
--   incomplete_days  BIGINT   of the account, or of all together
--   status           VARCHAR  complete, empty, partial, refused, failed or missing: the worst of the three lists; an
--                             account-day is empty where all three are
--   first_day        DATE     UTC
--   last_day         DATE     UTC, inclusive
with ranks as (
  select 'empty' as status, 0 as rank
  union all select 'complete' as status, 1 as rank
  union all select 'partial' as status, 2 as rank
  union all select 'refused' as status, 3 as rank
  union all select 'failed' as status, 4 as rank
  union all select 'missing' as status, 5 as rank
),

account_days as (
  select c.account_sid, c.day, max(r.rank) as rank
  from report_completeness as c
  -- n:1, a status is listed once
  join ranks as r on r.status = c.status
  group by c.account_sid, c.day
),

accounts_summed as (
  select
    account_sid,
    cast(sum(case when rank > 1 then 1 else 0 end) as bigint) as incomplete_days
  from account_days
  group by account_sid
),

ranked as (
  select
    account_sid,
    incomplete_days,
    cast(row_number() over (order by incomplete_days desc, account_sid) as integer) as place
  from accounts_summed
),

-- The names of those that are shown only: carried along with every day, long ones would fill the memory.
names as (
  select c.account_sid, max(c.friendly_name) as friendly_name
  from report_completeness as c
  -- n:1, an account is ranked once
  join ranked as r on r.account_sid = c.account_sid
  where r.place <= 60
  group by c.account_sid
),

shown as (
  select r.place, r.account_sid, r.incomplete_days, d.day, d.rank
  from ranked as r
  -- 1:n on purpose, an account with its days
  join account_days as d on d.account_sid = r.account_sid
  where r.place <= 60
  union all
  select
    0 as place,
    '' as account_sid,
    cast(max(case when rank > 1 then 1 else 0 end) as bigint) as incomplete_days,
    day,
    max(rank) as rank
  from account_days
  group by day
),

-- Days of one run have the same distance between the day and its number among those of the same status.
numbered as (
  select
    place,
    account_sid,
    incomplete_days,
    day,
    rank,
    day - cast(row_number() over (partition by place, rank order by day) as integer) as island
  from shown
),

runs as (
  select
    place,
    account_sid,
    max(incomplete_days) as incomplete_days,
    rank,
    min(day) as first_day,
    max(day) as last_day
  from numbered
  group by place, account_sid, rank, island
),

all_days as (
  select cast(sum(incomplete_days) as bigint) as incomplete_days
  from shown
  where place = 0
),

final as (
  select
    r.place,
    r.account_sid,
    coalesce(n.friendly_name, '') as friendly_name,
    case when r.place = 0 then a.incomplete_days else r.incomplete_days end as incomplete_days,
    s.status,
    r.first_day,
    r.last_day
  from runs as r
  -- n:1, a rank is listed once
  join ranks as s on s.rank = r.rank
  -- n:1, an account has one name; none for all together
  left join names as n on n.account_sid = r.account_sid
  -- n:1, the sum is one row
  cross join all_days as a
)

select place, account_sid, friendly_name, incomplete_days, status, first_day, last_day
from final
order by place, first_day
