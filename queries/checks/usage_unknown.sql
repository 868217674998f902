-- purpose:    Account-days whose Usage Records are not known although calls or messages are: their other cost is empty.
-- severity:   warn
-- meaning:    other_cost and total_cost of the customer are empty for the month, or a family of records is confirmed by
--             nothing. Run again; see incomplete_windows and quarantined_rows_present for the reason.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      known_days, reconciled_days
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with days_unknown as (
  select account_sid, day
  from known_days
  where day >= $start and day < $end and not usage_known
),

-- Usage is known, and lists no category of a family whose records cost something.
-- 1:1, an account-day is listed once
families as (
  select
    r.account_sid,
    r.family,
    r.currency,
    r.day,
    r.item_cost
  from reconciled_days as r
  join known_days as k on k.account_sid = r.account_sid and k.day = r.day
  where r.status = 'unknown' and r.usage_cost is null and k.usage_known
),

final as (
  select
    account_sid as subject,
    'Usage Records are not known on ' || cast(count(*) as varchar) || ' days from ' || cast(min(day) as varchar)
    || ' to ' || cast(max(day) as varchar) as detail
  from days_unknown
  group by account_sid
  union all
  select
    account_sid as subject,
    'Usage Records list no category of ' || family || ', records of ' || cast(sum(item_cost) as varchar) || ' '
    || currency || ' are confirmed by nothing, on ' || cast(count(*) as varchar) || ' days from '
    || cast(min(day) as varchar) || ' to ' || cast(max(day) as varchar) as detail
  from families
  group by account_sid, family, currency
)

select subject, detail
from final
order by subject, detail
