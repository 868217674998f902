-- purpose:    What Twilio charged each account per month beyond calls and messages, by family of usage categories:
--             other_cost of customer_cost divided.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      other_charge_days, known_days, account_customers
-- grain:      month, customer_id, account_sid, family, currency
-- order:      month, customer_id, account_sid, family, currency
-- totals:     cost, usage_count
-- columns:
--   month          DATE           UTC, first day
--   customer_id    VARCHAR        `unallocated` = of accounts that map to nobody
--   customer_name  VARCHAR
--   account_sid    VARCHAR
--   family         VARCHAR        family of usage categories; `unlisted` = categories that no list of ours has;
--                                 `remainder` = what `totalprice` holds beyond all listed categories, or lacks;
--                                 `not_known` = days of which Usage Records are not known: those are in no other row,
--                                 and the account's sum of the month is not known either
--   currency       VARCHAR        ISO 4217; empty of `not_known`
--   cost           DECIMAL(38,8)  in currency; positive = Twilio charged us; empty = not known
--   usage_count    BIGINT         as Twilio counts the family; 0 of `remainder`; days of `not_known`
with charged as (
  select
    cast(date_trunc('month', o.day) as date) as month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(coalesce(c.customer_name, 'unallocated')) as customer_name,
    o.account_sid,
    o.family,
    o.currency,
    sum(o.cost) as cost,
    sum(o.usage_count) as usage_count
  from other_charge_days as o
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = o.account_sid
    and c.valid_from <= o.day
    and c.valid_to > o.day
  where o.day >= $start and o.day < $end
  group by
    cast(date_trunc('month', o.day) as date),
    coalesce(c.customer_id, 'unallocated'),
    o.account_sid,
    o.family,
    o.currency
),

unknown as (
  select
    cast(date_trunc('month', k.day) as date) as month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(coalesce(c.customer_name, 'unallocated')) as customer_name,
    k.account_sid,
    count(*) as day_count
  from known_days as k
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= $start and k.day < $end and not k.usage_known
  group by cast(date_trunc('month', k.day) as date), coalesce(c.customer_id, 'unallocated'), k.account_sid
),

final as (
  select
    month,
    customer_id,
    customer_name,
    account_sid,
    family,
    currency,
    cost,
    cast(usage_count as bigint) as usage_count
  from charged
  union all
  select
    month,
    customer_id,
    customer_name,
    account_sid,
    'not_known' as family,
    '' as currency,
    cast(null as decimal(38, 8)) as cost,
    day_count as usage_count
  from unknown
)

select month, customer_id, customer_name, account_sid, family, currency, cost, usage_count
from final
order by month, customer_id, account_sid, family, currency
