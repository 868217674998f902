-- purpose:    What each account cost per month, by currency: customer_cost before accounts are added up.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_days, usage_days, known_days, account_customers, accounts, month_statuses, statuses
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
with items as (
  select
    d.month,
    d.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    d.currency,
    sum(case when d.service = 'calls' then d.record_count else 0 end) as calls_count,
    sum(case when d.service = 'calls' then d.minutes else 0 end) as calls_minutes,
    sum(case when d.service = 'calls' then d.cost else 0 end) as calls_cost,
    sum(case when d.service = 'messages' then d.record_count else 0 end) as messages_count,
    sum(case when d.service = 'messages' then d.segments else 0 end) as message_segments,
    sum(case when d.service = 'messages' then d.cost else 0 end) as messages_cost,
    cast(0 as decimal(38, 8)) as other_cost,
    sum(case when d.service = 'calls' then d.unpriced_count else 0 end) as unpriced_calls,
    sum(case when d.service = 'messages' then d.unpriced_count else 0 end) as unpriced_messages
  from charge_days as d
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = d.account_sid
    and c.valid_from <= d.day
    and c.valid_to > d.day
  where d.day >= $start and d.day < $end
  group by d.month, d.account_sid, coalesce(c.customer_id, 'unallocated'), d.currency
),

-- Twilio lists unused categories as rows of zeros: a currency in which nothing was used makes no row.
other as (
  select
    cast(date_trunc('month', u.day) as date) as month,
    u.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    u.currency,
    sum(u.other_cost) as other_cost
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
  group by
    cast(date_trunc('month', u.day) as date),
    u.account_sid,
    coalesce(c.customer_id, 'unallocated'),
    u.currency
),

unknown as (
  select
    cast(date_trunc('month', k.day) as date) as month,
    k.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id
  from known_days as k
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = k.account_sid
    and c.valid_from <= k.day
    and c.valid_to > k.day
  where k.day >= $start and k.day < $end and not k.usage_known
  group by cast(date_trunc('month', k.day) as date), k.account_sid, coalesce(c.customer_id, 'unallocated')
),

together as (
  select
    month,
    account_sid,
    customer_id,
    currency,
    calls_count,
    calls_minutes,
    calls_cost,
    messages_count,
    message_segments,
    messages_cost,
    other_cost,
    unpriced_calls,
    unpriced_messages
  from items
  union all
  select
    month,
    account_sid,
    customer_id,
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
  from together
  group by month, account_sid, customer_id, currency
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
    case when s.currency <> '' and u.customer_id is null then s.other_cost end as other_cost,
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
  left join unknown as u
    on u.month = s.month
    and u.account_sid = s.account_sid
    and u.customer_id = s.customer_id
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
