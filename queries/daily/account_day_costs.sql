-- purpose:    What each account's days cost and whose they were, by currency: calls and messages, and what Twilio
--             charged besides. Reports by customer add these up.
-- kind:       view
-- parameters: none
-- reads:      charge_days, usage_days, known_days, account_customers
-- grain:      account_sid, day, currency
-- order:      none
-- columns:
--   account_sid        VARCHAR
--   day                DATE           UTC
--   month              DATE           UTC, first day
--   currency           VARCHAR        ISO 4217; empty where Twilio gives none, and for a day whose usage is not
--                                     known
--   customer_id        VARCHAR        `unallocated` = nobody's
--   customer_name      VARCHAR
--   calls_count        BIGINT
--   calls_minutes      BIGINT         started minutes
--   calls_cost         DECIMAL(38,8)  of the priced calls; positive = Twilio charged us
--   messages_count     BIGINT
--   message_segments   BIGINT
--   messages_cost      DECIMAL(38,8)  of the priced messages
--   other_cost         DECIMAL(38,8)  `totalprice` less calls and messages; not the day's where usage is not known
--   unpriced_calls     BIGINT         of calls_count, without a price yet
--   unpriced_messages  BIGINT         of messages_count, likewise
--   usage_known        BOOLEAN        false = what that account was charged besides on that day is not known
with parts as (
  select
    account_sid,
    day,
    currency,
    case when service = 'calls' then record_count else 0 end as calls_count,
    minutes as calls_minutes,
    case when service = 'calls' then cost else cast(0 as decimal(38, 8)) end as calls_cost,
    case when service = 'messages' then record_count else 0 end as messages_count,
    segments as message_segments,
    case when service = 'messages' then cost else cast(0 as decimal(38, 8)) end as messages_cost,
    cast(0 as decimal(38, 8)) as other_cost,
    case when service = 'calls' then unpriced_count else 0 end as unpriced_calls,
    case when service = 'messages' then unpriced_count else 0 end as unpriced_messages
  from charge_days
  union all
  -- Twilio lists unused categories as rows of zeros: a currency in which nothing was used makes no row.
  select
    account_sid,
    day,
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
  from usage_days
  where total_price_cost <> 0 or calls_usage_cost <> 0 or messages_usage_cost <> 0
  union all
  -- What is not known is known to be missing, whatever else was found.
  select
    account_sid,
    day,
    '' as currency,
    0 as calls_count,
    0 as calls_minutes,
    cast(0 as decimal(38, 8)) as calls_cost,
    0 as messages_count,
    0 as message_segments,
    cast(0 as decimal(38, 8)) as messages_cost,
    cast(0 as decimal(38, 8)) as other_cost,
    0 as unpriced_calls,
    0 as unpriced_messages
  from known_days
  where not usage_known
),

summed as (
  select
    account_sid,
    day,
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
  from parts
  group by account_sid, day, currency
),

final as (
  select
    s.account_sid,
    s.day,
    cast(date_trunc('month', s.day) as date) as month,
    s.currency,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    coalesce(c.customer_name, 'unallocated') as customer_name,
    s.calls_count,
    s.calls_minutes,
    s.calls_cost,
    s.messages_count,
    s.message_segments,
    s.messages_cost,
    s.other_cost,
    s.unpriced_calls,
    s.unpriced_messages,
    coalesce(k.usage_known, true) as usage_known
  from summed as s
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = s.account_sid
    and c.valid_from <= s.day
    and c.valid_to > s.day
  -- n:1, an account-day is listed once; none where no task touched it
  left join known_days as k on k.account_sid = s.account_sid and k.day = s.day
)

select
  account_sid, day, month, currency, customer_id, customer_name, calls_count, calls_minutes, calls_cost,
  messages_count, message_segments, messages_cost, other_cost, unpriced_calls, unpriced_messages, usage_known
from final
