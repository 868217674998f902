-- purpose:    Which customer each account belongs to on each day: exactly one, so that joins never lose or double.
-- kind:       view
-- parameters: none
-- reads:      accounts, customer_map
-- grain:      account_sid, valid_from
-- order:      none
-- columns:
--   account_sid    VARCHAR
--   customer_id    VARCHAR  `unallocated` where nobody is named
--   customer_name  VARCHAR
--   valid_from     DATE     UTC, inclusive; 0001-01-01 = always
--   valid_to       DATE     UTC, exclusive; 9999-12-31 = for ever
with map_size as (
  select count(*) as entries
  from customer_map
),

-- Without a map, the FriendlyName is the customer's key: what Twilio's page on subaccounts advises.
named as (
  select
    a.sid as account_sid,
    case when trim(a.friendly_name) = '' then 'unallocated' else a.friendly_name end as customer_id,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
  from accounts as a
  -- n:1, the count is one row
  cross join map_size as m
  where m.entries = 0
),

mapped as (
  select
    account_sid,
    customer_id,
    customer_name,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
  from customer_map
),

-- What lies between the entries of an account, and before the first.
gaps as (
  select
    account_sid,
    lag(valid_to, 1, date '0001-01-01') over (partition by account_sid order by valid_from) as valid_from,
    valid_from as valid_to
  from mapped
),

ends as (
  select
    account_sid,
    max(valid_to) as valid_from
  from mapped
  group by account_sid
),

unmapped as (
  select
    a.sid as account_sid
  from accounts as a
  -- n:1, the count is one row
  cross join map_size as m
  -- 1:1, an account ends once; none where the map does not name it
  left join ends as e on e.account_sid = a.sid
  where m.entries > 0 and e.account_sid is null
),

uncovered as (
  select account_sid, valid_from, valid_to
  from gaps
  where valid_from < valid_to
  union all
  select account_sid, valid_from, date '9999-12-31' as valid_to
  from ends
  where valid_from < date '9999-12-31'
  union all
  select account_sid, date '0001-01-01' as valid_from, date '9999-12-31' as valid_to
  from unmapped
),

final as (
  select account_sid, customer_id, customer_id as customer_name, valid_from, valid_to
  from named
  union all
  select account_sid, customer_id, customer_name, valid_from, valid_to
  from mapped
  union all
  select account_sid, 'unallocated' as customer_id, 'unallocated' as customer_name, valid_from, valid_to
  from uncovered
)

select account_sid, customer_id, customer_name, valid_from, valid_to
from final
