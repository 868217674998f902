-- purpose:    What each customer cost per month, by currency: the headline.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_costs, month_statuses, statuses
-- grain:      month, customer_id, currency
-- order:      month, customer_id, currency
-- totals:     calls_count, calls_minutes, calls_cost, messages_count, message_segments, messages_cost, itemised_cost,
--             other_cost, total_cost, unpriced_calls, unpriced_messages
-- columns:
--   month              DATE           UTC, first day
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
--                                     Records are not known for every account-day, and where currency is empty
--   total_cost         DECIMAL(38,8)  itemised_cost + other_cost; empty where other_cost is
--   unpriced_calls     BIGINT         counted in no cost
--   unpriced_messages  BIGINT         counted in no cost
--   reconciliation     VARCHAR        agrees, explained, pending, unknown or differs: the worst of its days'
--                                     comparisons with Usage Records
with summed as (
  select
    month,
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
  group by month, customer_id, currency
),

known as (
  select month, customer_id, min(case when usage_known then 1 else 0 end) as usage_known
  from account_day_costs
  where day >= $start and day < $end
  group by month, customer_id
),

compared as (
  select month, customer_id, currency, max(badness) as badness
  from month_statuses
  group by month, customer_id, currency
),

judged as (
  select
    s.month,
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
    s.unpriced_calls,
    s.unpriced_messages,
    -- What has no currency yet is unpriced. A month of which nothing was read is unknown.
    greatest(
      coalesce(o.badness, e.badness, 3),
      coalesce(e.badness, 3),
      case when s.currency = '' then 2 else 0 end
    ) as badness
  from summed as s
  -- n:1, a customer's month is listed once
  join known as k on k.month = s.month and k.customer_id = s.customer_id
  -- n:1 each, grouped by month, customer and currency: its own, and what counts for every currency
  left join compared as o on o.month = s.month and o.customer_id = s.customer_id and o.currency = s.currency
  left join compared as e on e.month = s.month and e.customer_id = s.customer_id and e.currency = ''
),

final as (
  select
    j.month,
    j.customer_id,
    j.customer_name,
    j.currency,
    j.calls_count,
    j.calls_minutes,
    j.calls_cost,
    j.messages_count,
    j.message_segments,
    j.messages_cost,
    j.itemised_cost,
    j.other_cost,
    j.itemised_cost + j.other_cost as total_cost,
    j.unpriced_calls,
    j.unpriced_messages,
    t.status as reconciliation
  from judged as j
  -- n:1, a status is listed once
  join statuses as t on t.badness = j.badness
)

select
  month,
  customer_id,
  customer_name,
  currency,
  calls_count,
  calls_minutes,
  calls_cost,
  messages_count,
  message_segments,
  messages_cost,
  itemised_cost,
  other_cost,
  total_cost,
  unpriced_calls,
  unpriced_messages,
  reconciliation
from final
order by month, customer_id, currency
