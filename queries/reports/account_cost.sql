-- purpose:    What each account cost per month, by currency: customer_cost before accounts are added up.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      account_day_costs, accounts, month_statuses, statuses
-- grain:      month, account_sid, customer_id, currency
-- order:      month, account_sid, customer_id, currency
-- totals:     calls_count, calls_minutes, calls_cost, messages_count, message_segments, messages_cost, itemised_cost,
--             other_cost, total_cost, unpriced_calls, unpriced_messages
-- columns:
--   month              DATE           UTC, first day
--   account_sid        VARCHAR
--   friendly_name      VARCHAR        as Twilio lists it now; empty where Twilio does not list the account
--   status             VARCHAR        active, suspended or closed; empty where Twilio does not list the account
--   customer_id        VARCHAR        an account that changed hands within the month has a row for each
--   currency           VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   calls_count        BIGINT         unpriced ones included
--   calls_minutes      BIGINT         started minutes
--   calls_cost         DECIMAL(38,8)  in currency; positive = Twilio charged us; of the priced calls
--   messages_count     BIGINT         unpriced ones included
--   message_segments   BIGINT
--   messages_cost      DECIMAL(38,8)  of the priced messages
--   itemised_cost      DECIMAL(38,8)  calls_cost + messages_cost
--   other_cost         DECIMAL(38,8)  what `totalprice` holds beyond what calls and messages itemise; empty where Usage
--                                     Records are not known for every day, and where currency is empty
--   total_cost         DECIMAL(38,8)  itemised_cost + other_cost; empty where other_cost is
--   unpriced_calls     BIGINT         counted in no cost
--   unpriced_messages  BIGINT         counted in no cost
--   reconciliation     VARCHAR        agrees, explained, pending, unknown or differs: the worst of its days'
--                                     comparisons with Usage Records
with summed as (
  select
    month,
    account_sid,
    customer_id,
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
  group by month, account_sid, customer_id, currency
),

known as (
  select month, account_sid, customer_id, min(case when usage_known then 1 else 0 end) as usage_known
  from account_day_costs
  where day >= $start and day < $end
  group by month, account_sid, customer_id
),

judged as (
  select
    s.month,
    s.account_sid,
    coalesce(a.friendly_name, '') as friendly_name,
    coalesce(a.status, '') as status,
    s.customer_id,
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
  -- n:1, an account's month with a customer is listed once
  join known as k
    on k.month = s.month
    and k.account_sid = s.account_sid
    and k.customer_id = s.customer_id
  -- n:1, an account is listed once
  left join accounts as a on a.sid = s.account_sid
  -- n:1 each, listed by month, account, customer and currency: its own, and what counts for every currency
  left join month_statuses as o
    on o.month = s.month
    and o.account_sid = s.account_sid
    and o.customer_id = s.customer_id
    and o.currency = s.currency
  left join month_statuses as e
    on e.month = s.month
    and e.account_sid = s.account_sid
    and e.customer_id = s.customer_id
    and e.currency = ''
),

final as (
  select
    j.month,
    j.account_sid,
    j.friendly_name,
    j.status,
    j.customer_id,
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
  account_sid,
  friendly_name,
  status,
  customer_id,
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
order by month, account_sid, customer_id, currency
