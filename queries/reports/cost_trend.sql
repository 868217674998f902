-- purpose:    What each customer cost per month beside the month before and the average of the three before it. Reads
--             days before $start: the calendar months before, whole, whatever days are asked for.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_costs, known_days, account_customers, listed_accounts, days
-- grain:      month, customer_id, currency
-- order:      month, customer_id, currency
-- totals:     itemised_cost, itemised_previous, itemised_change, total_cost, total_previous, total_change
-- columns:
--   month                      DATE           UTC, first day
--   customer_id                VARCHAR        a customer that had cost in one of the three months before and has none
--                                             now has a row too; `unallocated` = of accounts that map to nobody
--   customer_name              VARCHAR
--   currency                   VARCHAR        ISO 4217; records without a currency have no cost, and no row here
--   itemised_cost              DECIMAL(38,8)  of calls and messages, as in customer_cost: of the days asked for
--   itemised_previous          DECIMAL(38,8)  of the calendar month before; empty = not every account-day of it was
--                                             read whole, which is not 0
--   itemised_change            DECIMAL(38,8)  itemised_cost less itemised_previous; of months of which unread_days is
--                                             not 0, what is missing is a part of it
--   itemised_change_per_mille  DECIMAL(38,0)  change in thousandths of the previous, half away from zero to a whole
--                                             number; empty where the previous is not known, 0 or less
--   itemised_average           DECIMAL(38,8)  of the three months before, half away from zero to eight decimals; empty
--                                             where one of them is not known
--   total_cost                 DECIMAL(38,8)  with other cost, as in customer_cost: empty where Usage Records are not
--                                             known
--   total_previous             DECIMAL(38,8)  of the month before; empty where its Usage Records are not known for
--                                             every account-day either
--   total_change               DECIMAL(38,8)
--   total_change_per_mille     DECIMAL(38,0)
--   total_average              DECIMAL(38,8)
--   unread_days                BIGINT         account-days of the month of which calls and messages were not read
--                                             whole, were not asked for, or lie ahead: 0 = the month is whole
with report_months as (
  select month
  from days
  where day >= $start and day < $end
  group by month
),

all_months as (
  select month, cast(month + interval 1 month as date) as month_end
  from days
  where day >= cast(date_trunc('month', $start) - interval 3 month as date) and day < $end
  group by month
),

figures as (
  select
    month,
    customer_id,
    currency,
    sum(calls_cost + messages_cost) as whole_itemised,
    sum(case when day >= $start then calls_cost + messages_cost else cast(0 as decimal(38, 8)) end) as own_itemised,
    sum(other_cost) as whole_other,
    sum(case when day >= $start then other_cost else cast(0 as decimal(38, 8)) end) as own_other,
    max(case when day >= $start then 1 else 0 end) as is_own
  from account_day_costs
  where
    day >= cast(date_trunc('month', $start) - interval 3 month as date)
    and day < $end
    and currency <> ''
  group by month, customer_id, currency
),

-- The account-days that a customer has in a month, read or not: an account that is gone has none any more.
expected as (
  select
    m.month,
    c.customer_id,
    sum(
      greatest(least(c.valid_to, l.gone_from, m.month_end) - greatest(c.valid_from, m.month), 0)
    ) as expected_days
  from listed_accounts as l
  -- 1:n, an account may have several customers, one after the other
  join account_customers as c on c.account_sid = l.account_sid
  -- n:m on purpose, every account and customer with every month
  cross join all_months as m
  group by m.month, c.customer_id
),

read_whole as (
  select
    cast(date_trunc('month', k.day) as date) as month,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    sum(
      case when l.account_sid is not null and k.calls_complete and k.messages_complete then 1 else 0 end
    ) as whole_days,
    sum(
      case
        when l.account_sid is not null and k.calls_complete and k.messages_complete and k.usage_known then 1
        else 0
      end
    ) as whole_usage_days,
    sum(
      case
        when l.account_sid is not null and k.calls_complete and k.messages_complete and k.day >= $start then 1
        else 0
      end
    ) as own_days,
    sum(case when k.day >= $start and not k.usage_known then 1 else 0 end) as own_unknown_days
  from known_days as k
  -- n:1, an account is listed once; none where it is not listed, or not any more
  left join listed_accounts as l on l.account_sid = k.account_sid and l.gone_from > k.day
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= cast(date_trunc('month', $start) - interval 3 month as date) and k.day < $end
  group by cast(date_trunc('month', k.day) as date), coalesce(c.customer_id, 'unallocated')
),

coverage_parts as (
  select
    month, customer_id, expected_days, 0 as whole_days, 0 as whole_usage_days, 0 as own_days, 0 as own_unknown_days
  from expected
  union all
  select month, customer_id, 0 as expected_days, whole_days, whole_usage_days, own_days, own_unknown_days
  from read_whole
),

coverage as (
  select
    month,
    customer_id,
    sum(expected_days) as expected_days,
    sum(whole_days) as whole_days,
    sum(whole_usage_days) as whole_usage_days,
    sum(own_days) as own_days,
    sum(own_unknown_days) as own_unknown_days
  from coverage_parts
  group by month, customer_id
),

befores as (
  select month, 1 as distance, cast(month - interval 1 month as date) as before
  from report_months
  union all
  select month, 2 as distance, cast(month - interval 2 month as date) as before
  from report_months
  union all
  select month, 3 as distance, cast(month - interval 3 month as date) as before
  from report_months
),

keys as (
  select month, customer_id, currency
  from figures
  where is_own = 1
  union
  -- n:1, a figure counts for each of the three months behind it
  select b.month, f.customer_id, f.currency
  from befores as b
  join figures as f on f.month = b.before
  where f.whole_itemised <> 0 or f.whole_other <> 0
),

-- What is not known of a month before is null; what is known and has no figure is 0.
before_figures as (
  select
    k.month,
    k.customer_id,
    k.currency,
    b.distance,
    case
      when coalesce(v.expected_days, 0) <= coalesce(v.whole_days, 0)
        then coalesce(f.whole_itemised, cast(0 as decimal(38, 8)))
    end as itemised_cost,
    case
      when coalesce(v.expected_days, 0) <= coalesce(v.whole_usage_days, 0)
        then coalesce(f.whole_itemised + f.whole_other, cast(0 as decimal(38, 8)))
    end as total_cost
  from keys as k
  -- 1:n, three months before each
  join befores as b on b.month = k.month
  -- n:1 each, grouped by month, customer and currency, and by month and customer
  left join figures as f on f.month = b.before and f.customer_id = k.customer_id and f.currency = k.currency
  left join coverage as v on v.month = b.before and v.customer_id = k.customer_id
),

before_months as (
  select
    month,
    customer_id,
    currency,
    max(case when distance = 1 then itemised_cost end) as itemised_previous,
    max(case when distance = 1 then total_cost end) as total_previous,
    case when count(itemised_cost) = 3 then cast(sum(itemised_cost) * 100000000 as hugeint) end as itemised_units,
    case when count(total_cost) = 3 then cast(sum(total_cost) * 100000000 as hugeint) end as total_units
  from before_figures
  group by month, customer_id, currency
),

-- A customer without a row in customer_cost cost nothing so far, if anything of it was read.
own_figures as (
  select
    k.month,
    k.customer_id,
    k.currency,
    case
      when f.is_own = 1 then f.own_itemised
      when coalesce(v.own_days, 0) > 0 or coalesce(v.expected_days, 0) = 0 then cast(0 as decimal(38, 8))
    end as itemised_cost,
    case
      when coalesce(v.own_unknown_days, 0) > 0 then null
      when f.is_own = 1 then f.own_other
      else cast(0 as decimal(38, 8))
    end as other_cost,
    greatest(coalesce(v.expected_days, 0) - coalesce(v.own_days, 0), 0) as unread_days
  from keys as k
  -- n:1 each, grouped by month, customer and currency, and by month and customer
  left join figures as f on f.month = k.month and f.customer_id = k.customer_id and f.currency = k.currency
  left join coverage as v on v.month = k.month and v.customer_id = k.customer_id
),

names as (
  select customer_id, max(customer_name) as customer_name
  from account_customers
  group by customer_id
),

compared as (
  select
    o.month,
    o.customer_id,
    coalesce(n.customer_name, o.customer_id) as customer_name,
    o.currency,
    o.itemised_cost,
    b.itemised_previous,
    o.itemised_cost - b.itemised_previous as itemised_change,
    b.itemised_units,
    o.itemised_cost + o.other_cost as total_cost,
    b.total_previous,
    o.itemised_cost + o.other_cost - b.total_previous as total_change,
    b.total_units,
    o.unread_days
  from own_figures as o
  -- 1:1, both have every key once
  join before_months as b on b.month = o.month and b.customer_id = o.customer_id and b.currency = o.currency
  -- n:1, grouped by customer
  left join names as n on n.customer_id = o.customer_id
),

-- Whole hundred-millionths of a positive number each: twice the amount and half of the divisor round half up.
in_units as (
  select
    month,
    customer_id,
    customer_name,
    currency,
    itemised_cost,
    itemised_previous,
    itemised_change,
    case when itemised_previous > 0 then cast(itemised_previous * 100000000 as hugeint) end as itemised_divisor,
    cast(abs(itemised_change) * 100000000 as hugeint) as itemised_change_units,
    case when itemised_change < 0 then -1 else 1 end as itemised_change_sign,
    abs(itemised_units) as itemised_units,
    case when itemised_units < 0 then -1 else 1 end as itemised_sign,
    total_cost,
    total_previous,
    total_change,
    case when total_previous > 0 then cast(total_previous * 100000000 as hugeint) end as total_divisor,
    cast(abs(total_change) * 100000000 as hugeint) as total_change_units,
    case when total_change < 0 then -1 else 1 end as total_change_sign,
    abs(total_units) as total_units,
    case when total_units < 0 then -1 else 1 end as total_sign,
    unread_days
  from compared
),

final as (
  select
    month,
    customer_id,
    customer_name,
    currency,
    itemised_cost,
    itemised_previous,
    itemised_change,
    cast(
      itemised_change_sign * ((2000 * itemised_change_units + itemised_divisor) // (2 * itemised_divisor))
      as decimal(38, 0)
    ) as itemised_change_per_mille,
    cast(
      cast(itemised_sign * ((2 * itemised_units + 3) // 6) as decimal(30, 0)) * 0.00000001 as decimal(38, 8)
    ) as itemised_average,
    total_cost,
    total_previous,
    total_change,
    cast(
      total_change_sign * ((2000 * total_change_units + total_divisor) // (2 * total_divisor)) as decimal(38, 0)
    ) as total_change_per_mille,
    cast(
      cast(total_sign * ((2 * total_units + 3) // 6) as decimal(30, 0)) * 0.00000001 as decimal(38, 8)
    ) as total_average,
    cast(unread_days as bigint) as unread_days
  from in_units
)

select
  month, customer_id, customer_name, currency, itemised_cost, itemised_previous, itemised_change,
  itemised_change_per_mille, itemised_average, total_cost, total_previous, total_change, total_change_per_mille,
  total_average, unread_days
from final
order by month, customer_id, currency
