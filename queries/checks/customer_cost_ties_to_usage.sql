-- purpose:    other_cost of customer_cost against the Usage Records, by customer and currency, where it is known.
-- severity:   fail
-- meaning:    The headline report does not add up to Twilio's Usage Records in the ledger. Do not send it out; report
--             the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_customer_cost, usage_days, account_customers
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer and currency
--   detail   VARCHAR
with by_account as (
  select account_sid, day, currency, sum(other_cost) as other_cost
  from usage_days
  where day >= $start and day < $end
  group by account_sid, day, currency
),

used as (
  select
    coalesce(c.customer_id, 'unallocated') as customer_id,
    u.currency,
    sum(u.other_cost) as other_cost
  from by_account as u
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= u.day
    and c.valid_to > u.day
  group by coalesce(c.customer_id, 'unallocated'), u.currency
),

-- Rows of several months count together; one month whose other cost is not known makes the sum unknown.
reported as (
  select
    customer_id,
    currency,
    case when count(*) = count(other_cost) then sum(other_cost) end as other_cost,
    case when count(*) = count(total_cost) then sum(total_cost - itemised_cost) end as total_less_itemised
  from report_customer_cost
  where currency <> ''
  group by customer_id, currency
),

compared as (
  select
    r.customer_id,
    r.currency,
    r.other_cost,
    r.total_less_itemised,
    coalesce(u.other_cost, cast(0 as decimal(38, 8))) as usage_cost
  from reported as r
  -- 1:1, both are grouped by customer and currency
  left join used as u on u.customer_id = r.customer_id and u.currency = r.currency
  where r.other_cost is not null
),

-- Usage that no row of the report holds.
forgotten as (
  select
    u.customer_id,
    u.currency,
    cast(0 as decimal(38, 8)) as other_cost,
    cast(0 as decimal(38, 8)) as total_less_itemised,
    u.other_cost as usage_cost
  from used as u
  -- 1:1, both are grouped by customer and currency
  left join reported as r on r.customer_id = u.customer_id and r.currency = u.currency
  where r.customer_id is null and u.other_cost is not null
),

together as (
  select customer_id, currency, other_cost, total_less_itemised, usage_cost
  from compared
  union all
  select customer_id, currency, other_cost, total_less_itemised, usage_cost
  from forgotten
),

final as (
  select
    customer_id || ' ' || currency as subject,
    'reported other cost ' || cast(other_cost as varchar) || ', total less itemised '
    || coalesce(cast(total_less_itemised as varchar), 'not known') || ', Usage Records say '
    || cast(usage_cost as varchar) as detail
  from together
  where other_cost <> usage_cost or total_less_itemised is distinct from usage_cost
)

select subject, detail
from final
order by subject, detail
