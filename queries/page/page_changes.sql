-- purpose:    What changed since the month before, by currency: all customers together, then those whose cost changed
--             most. The month before is what the ledger holds of it now.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_customer_cost, account_day_costs, known_days, account_customers
-- grain:      currency, place
-- order:      currency, place
-- columns:
--   currency       VARCHAR        ISO 4217
--   place          INTEGER        0 = all customers together; 1 to 12 = the largest changes, of either sign
--   customer_id    VARCHAR        empty for all together
--   customer_name  VARCHAR        likewise
--   previous_cost  DECIMAL(38,8)  of the month before; empty where it is not known whole
--   total_cost     DECIMAL(38,8)  of this month, as customer_cost has it; empty where it is not known
--   change         DECIMAL(38,8)  total_cost less previous_cost; empty where one of them is, and where a list of this
--                                 month was not read whole
--   presence       VARCHAR        both, new = nothing was used the month before, gone = nothing this month
with previous as (
  select
    customer_id,
    max(customer_name) as customer_name,
    currency,
    sum(calls_cost + messages_cost + other_cost) as cost
  from account_day_costs
  where day < $start and day >= cast(date_trunc('month', $start - 1) as date) and currency <> ''
  group by customer_id, currency
),

-- A list that was not read whole leaves a cost as unknown as usage that was not: both are missing in the sum.
unknown as (
  select
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(case when k.day < $start then 1 else 0 end) as is_unknown_before,
    max(case when k.day >= $start then 1 else 0 end) as is_unknown_now
  from known_days as k
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where
    k.day < $end
    and k.day >= cast(date_trunc('month', $start - 1) as date)
    and not (k.usage_known and k.calls_complete and k.messages_complete)
  group by coalesce(c.customer_id, 'unallocated')
),

current_month as (
  select customer_id, customer_name, currency, total_cost
  from report_customer_cost
  where currency <> ''
),

paired as (
  select
    coalesce(n.currency, p.currency) as currency,
    coalesce(n.customer_id, p.customer_id) as customer_id,
    coalesce(n.customer_name, p.customer_name) as customer_name,
    coalesce(p.cost, cast(0 as decimal(38, 8))) as previous_cost,
    n.total_cost,
    case
      when n.customer_id is null then 'gone'
      when p.customer_id is null then 'new'
      else 'both'
    end as presence
  from current_month as n
  -- 1:1, both have one row for a customer and currency
  full join previous as p on p.customer_id = n.customer_id and p.currency = n.currency
),

-- Nothing used is a cost of 0 only where that is known.
judged as (
  select
    p.currency,
    p.customer_id,
    p.customer_name,
    case when coalesce(u.is_unknown_before, 0) = 0 then p.previous_cost end as previous_cost,
    case
      when p.presence = 'gone' and coalesce(u.is_unknown_now, 0) = 0 then cast(0 as decimal(38, 8))
      else p.total_cost
    end as total_cost,
    coalesce(u.is_unknown_now, 0) as is_unknown_now,
    p.presence
  from paired as p
  -- n:1, an unknown customer is listed once
  left join unknown as u on u.customer_id = p.customer_id
),

compared as (
  select
    currency,
    customer_id,
    customer_name,
    previous_cost,
    total_cost,
    case when is_unknown_now = 0 then total_cost - previous_cost end as change,
    presence
  from judged
),

ranked as (
  select
    currency,
    customer_id,
    customer_name,
    previous_cost,
    total_cost,
    change,
    presence,
    row_number() over (partition by currency order by abs(change) desc nulls last, customer_id) as place
  from compared
  where change is null or change <> 0
),

final as (
  select
    currency,
    0 as place,
    '' as customer_id,
    '' as customer_name,
    case when count(*) = count(previous_cost) then sum(previous_cost) end as previous_cost,
    case when count(*) = count(total_cost) then sum(total_cost) end as total_cost,
    case when count(*) = count(change) then sum(change) end as change,
    'both' as presence
  from compared
  group by currency
  union all
  select
    currency,
    cast(place as integer) as place,
    customer_id,
    customer_name,
    previous_cost,
    total_cost,
    change,
    presence
  from ranked
  where place <= 12
)

select currency, place, customer_id, customer_name, previous_cost, total_cost, change, presence
from final
order by currency, place
