-- purpose:    What each customer cost per day, by currency: customer_cost before days are added up.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_days, usage_days, known_days, account_customers
-- grain:      day, customer_id, currency
-- order:      day, customer_id, currency
-- totals:     calls_count, calls_minutes, calls_cost, messages_count, message_segments, messages_cost, itemised_cost,
--             other_cost, total_cost, unpriced_calls, unpriced_messages
-- columns:
--   day                DATE           UTC
--   customer_id        VARCHAR        `unallocated` = of accounts that map to nobody
--   customer_name      VARCHAR
--   currency           VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   calls_count        BIGINT         unpriced ones included
--   calls_minutes      BIGINT         started minutes
--   calls_cost         DECIMAL(38,8)  in currency; positive = Twilio charged us; of the priced calls
--   messages_count     BIGINT         unpriced ones included
--   message_segments   BIGINT
--   messages_cost      DECIMAL(38,8)  of the priced messages
--   itemised_cost      DECIMAL(38,8)  calls_cost + messages_cost
--   other_cost         DECIMAL(38,8)  what `totalprice` holds beyond what calls and messages itemise; empty where Usage
--                                     Records are not known for every account of the day, and where currency is empty
--   total_cost         DECIMAL(38,8)  itemised_cost + other_cost; empty where other_cost is
--   unpriced_calls     BIGINT         counted in no cost
--   unpriced_messages  BIGINT         counted in no cost
with items as (
  select
    d.day,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    d.currency,
    case when d.service = 'calls' then d.record_count else 0 end as calls_count,
    d.minutes as calls_minutes,
    case when d.service = 'calls' then d.cost else cast(0 as decimal(38, 8)) end as calls_cost,
    case when d.service = 'messages' then d.record_count else 0 end as messages_count,
    d.segments as message_segments,
    case when d.service = 'messages' then d.cost else cast(0 as decimal(38, 8)) end as messages_cost,
    cast(0 as decimal(38, 8)) as other_cost,
    case when d.service = 'calls' then d.unpriced_count else 0 end as unpriced_calls,
    case when d.service = 'messages' then d.unpriced_count else 0 end as unpriced_messages
  from charge_days as d
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = d.account_sid
    and c.valid_from <= d.day
    and c.valid_to > d.day
  where d.day >= $start and d.day < $end
),

-- Twilio lists unused categories as rows of zeros: a currency in which nothing was used makes no row.
other as (
  select
    u.day,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    u.currency,
    u.other_cost
  from usage_days as u
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = u.account_sid
    and c.valid_from <= u.day
    and c.valid_to > u.day
  where
    u.day >= $start
    and u.day < $end
    and (u.total_price_cost <> 0 or u.calls_usage_cost <> 0 or u.messages_usage_cost <> 0)
),

unknown as (
  select
    k.day,
    coalesce(c.customer_id, 'unallocated') as customer_id
  from known_days as k
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= $start and k.day < $end and not k.usage_known
  group by k.day, coalesce(c.customer_id, 'unallocated')
),

together as (
  select
    day, customer_id, customer_name, currency, calls_count, calls_minutes, calls_cost, messages_count,
    message_segments, messages_cost, other_cost, unpriced_calls, unpriced_messages
  from items
  union all
  select
    day,
    customer_id,
    customer_name,
    currency,
    0 as calls_count,
    0 as calls_minutes,
    cast(0 as decimal(38, 8)) as calls_cost,
    0 as messages_count,
    0 as message_segments,
    cast(0 as decimal(38, 8)) as messages_cost,
    other_cost,
    0 as unpriced_calls,
    0 as unpriced_messages
  from other
),

summed as (
  select
    day,
    customer_id,
    max(customer_name) as customer_name,
    currency,
    cast(sum(calls_count) as bigint) as calls_count,
    cast(sum(calls_minutes) as bigint) as calls_minutes,
    sum(calls_cost) as calls_cost,
    cast(sum(messages_count) as bigint) as messages_count,
    cast(sum(message_segments) as bigint) as message_segments,
    sum(messages_cost) as messages_cost,
    sum(other_cost) as other_cost,
    cast(sum(unpriced_calls) as bigint) as unpriced_calls,
    cast(sum(unpriced_messages) as bigint) as unpriced_messages
  from together
  group by day, customer_id, currency
),

final as (
  select
    s.day,
    s.customer_id,
    s.customer_name,
    s.currency,
    s.calls_count,
    s.calls_minutes,
    s.calls_cost,
    s.messages_count,
    s.message_segments,
    s.messages_cost,
    s.calls_cost + s.messages_cost as itemised_cost,
    case when s.currency <> '' and u.customer_id is null then s.other_cost end as other_cost,
    case
      when s.currency <> '' and u.customer_id is null then s.calls_cost + s.messages_cost + s.other_cost
    end as total_cost,
    s.unpriced_calls,
    s.unpriced_messages
  from summed as s
  -- n:1, a customer's day is listed once
  left join unknown as u on u.day = s.day and u.customer_id = s.customer_id
)

select
  day, customer_id, customer_name, currency, calls_count, calls_minutes, calls_cost, messages_count, message_segments,
  messages_cost, itemised_cost, other_cost, total_cost, unpriced_calls, unpriced_messages
from final
order by day, customer_id, currency
