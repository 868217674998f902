-- purpose:    Calls and messages of accounts that Twilio's account list does not hold: nobody knows whose cost they
--             are.
-- severity:   fail
-- meaning:    The account list was read short, or landed data belongs to another main account. Run `subledger run`
--             again; if it stays, check which main account the credentials belong to.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_days, accounts
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with summed as (
  select account_sid, service, currency, sum(record_count) as record_count, sum(cost) as cost
  from charge_days
  where day >= $start and day < $end
  group by account_sid, service, currency
),

final as (
  select
    s.account_sid as subject,
    cast(s.record_count as varchar) || ' ' || s.service || ' of an account that Twilio does not list, '
    || cast(s.cost as varchar) || ' ' || case when s.currency = '' then '(no currency)' else s.currency end as detail
  from summed as s
  -- n:1, an account is listed once
  left join accounts as a on a.sid = s.account_sid
  where a.sid is null
)

select subject, detail
from final
order by subject, detail
