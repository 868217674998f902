-- purpose:    What is complete per account and resource, from when through when without a gap, and what is
--             still unpriced.
-- kind:       query
-- parameters: none
-- reads:      accounts, account_day_coverage, charges
-- grain:      account_sid, resource
-- order:      account_sid, resource
-- columns:
--   account_sid        VARCHAR
--   friendly_name      VARCHAR  as Twilio lists it now; empty where Twilio does not list the account
--   account_status     VARCHAR  active, suspended or closed; empty where Twilio does not list the account
--   resource           VARCHAR  calls, messages or usage_records
--   complete_from      DATE     UTC, first day of the latest run of complete days; null where there is none
--   complete_through   DATE     UTC, last day of it
--   incomplete_days    BIGINT   days that were asked for and are not complete
--   unpriced_count     BIGINT   records without a price; 0 for usage records
with days_in_order as (
  select
    account_sid,
    resource,
    day,
    row_number() over (partition by account_sid, resource order by day) as place
  from account_day_coverage
  where status = 'complete'
),

islands as (
  select
    account_sid,
    resource,
    min(day) as complete_from,
    max(day) as complete_through
  from days_in_order
  group by account_sid, resource, day - cast(place as integer)
),

latest as (
  select
    account_sid,
    resource,
    max(complete_from) as complete_from,
    max(complete_through) as complete_through
  from islands
  group by account_sid, resource
),

asked as (
  select
    account_sid,
    resource,
    count(*) filter (where status <> 'complete') as incomplete_days
  from account_day_coverage
  group by account_sid, resource
),

unpriced as (
  select
    account_sid,
    service,
    count(*) as unpriced_count
  from charges
  where cost is null
  group by account_sid, service
),

final as (
  select
    k.account_sid,
    coalesce(a.friendly_name, '') as friendly_name,
    coalesce(a.status, '') as account_status,
    k.resource,
    l.complete_from,
    l.complete_through,
    k.incomplete_days,
    coalesce(u.unpriced_count, 0) as unpriced_count
  from asked as k
  -- n:1, an account is listed once
  left join accounts as a on a.sid = k.account_sid
  -- 1:1 each, all are grouped by account and resource
  left join latest as l on l.account_sid = k.account_sid and l.resource = k.resource
  left join unpriced as u on u.account_sid = k.account_sid and u.service = k.resource
)

select
  account_sid, friendly_name, account_status, resource, complete_from, complete_through, incomplete_days, unpriced_count
from final
order by account_sid, resource
