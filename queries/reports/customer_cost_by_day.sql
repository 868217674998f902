-- purpose:    What each customer cost per day, by currency: customer_cost before days are added up.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_costs
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
with summed as (
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
  from account_day_costs
  where day >= $start and day < $end and (currency <> '' or calls_count + messages_count > 0)
  group by day, customer_id, currency
),

known as (
  select day, customer_id, min(case when usage_known then 1 else 0 end) as usage_known
  from account_day_costs
  where day >= $start and day < $end
  group by day, customer_id
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
    case when s.currency <> '' and k.usage_known = 1 then s.other_cost end as other_cost,
    case
      when s.currency <> '' and k.usage_known = 1 then s.calls_cost + s.messages_cost + s.other_cost
    end as total_cost,
    s.unpriced_calls,
    s.unpriced_messages
  from summed as s
  -- n:1, a customer's day is listed once
  join known as k on k.day = s.day and k.customer_id = s.customer_id
)

select
  day, customer_id, customer_name, currency, calls_count, calls_minutes, calls_cost, messages_count, message_segments,
  messages_cost, itemised_cost, other_cost, total_cost, unpriced_calls, unpriced_messages
from final
order by day, customer_id, currency
