-- purpose:    The lists that are not known whole, of the 60 least complete accounts: the table beside the heat strip.
-- kind:       query
-- parameters: none
-- reads:      report_completeness
-- grain:      account_sid, resource, status
-- order:      place, resource, status
-- columns:
--   place          INTEGER  1 = most days that are not complete
--   account_sid    VARCHAR
--   friendly_name  VARCHAR  as Twilio lists it now; empty where Twilio does not list the account
--   resource       VARCHAR  calls, messages or usage_records
--   status         VARCHAR  partial, refused, failed or missing
--   day_count      BIGINT
--   first_day      DATE     UTC
--   last_day       DATE     UTC, inclusive
with gaps as (
  select account_sid, friendly_name, resource, status, day
  from report_completeness
  where status not in ('complete', 'empty')
),

incomplete_days as (
  select account_sid, day
  from gaps
  group by account_sid, day
),

accounts_summed as (
  select account_sid, count(*) as incomplete_days
  from incomplete_days
  group by account_sid
),

ranked as (
  select
    account_sid,
    cast(row_number() over (order by incomplete_days desc, account_sid) as integer) as place
  from accounts_summed
),

final as (
  select
    r.place,
    g.account_sid,
    max(g.friendly_name) as friendly_name,
    g.resource,
    g.status,
    count(*) as day_count,
    min(g.day) as first_day,
    max(g.day) as last_day
  from gaps as g
  -- n:1, an account is ranked once
  join ranked as r on r.account_sid = g.account_sid
  where r.place <= 60
  group by r.place, g.account_sid, g.resource, g.status
)

select place, account_sid, friendly_name, resource, status, day_count, first_day, last_day
from final
order by place, resource, status
