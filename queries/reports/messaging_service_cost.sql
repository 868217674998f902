-- purpose:    What the messages of each messaging service cost per month, by account; those sent or received without
--             one beside them.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, account_customers
-- grain:      month, messaging_service_sid, account_sid, customer_id, currency
-- order:      month, messaging_service_sid, account_sid, customer_id, currency
-- totals:     messages_count, message_segments, messages_cost, unpriced_messages
-- columns:
--   month                  DATE           UTC, first day
--   messaging_service_sid  VARCHAR        empty = without one
--   account_sid            VARCHAR
--   customer_id            VARCHAR        an account that changed hands within the month has a row for each
--   currency               VARCHAR        ISO 4217; empty = messages that Twilio gave no currency yet, all unpriced
--   messages_count         BIGINT         unpriced ones included
--   message_segments       BIGINT
--   messages_cost          DECIMAL(38,8)  in currency; positive = Twilio charged us; of the priced messages
--   unpriced_messages      BIGINT         counted in no cost
-- One pass over the messages groups first; all joins are of groups.
with service_days as (
  select
    account_sid,
    day,
    messaging_service_sid,
    currency,
    count(*) as messages_count,
    sum(segments) as message_segments,
    sum(cost) as messages_cost,
    count(*) - count(cost) as unpriced_messages
  from charges
  where
    service = 'messages'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, messaging_service_sid, currency
),

final as (
  select
    cast(date_trunc('month', d.day) as date) as month,
    coalesce(d.messaging_service_sid, '') as messaging_service_sid,
    d.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    d.currency,
    cast(sum(d.messages_count) as bigint) as messages_count,
    cast(sum(d.message_segments) as bigint) as message_segments,
    coalesce(sum(d.messages_cost), cast(0 as decimal(38, 8))) as messages_cost,
    cast(sum(d.unpriced_messages) as bigint) as unpriced_messages
  from service_days as d
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = d.account_sid
    and c.valid_from <= d.day
    and c.valid_to > d.day
  group by
    cast(date_trunc('month', d.day) as date),
    coalesce(d.messaging_service_sid, ''),
    d.account_sid,
    coalesce(c.customer_id, 'unallocated'),
    d.currency
)

select
  month, messaging_service_sid, account_sid, customer_id, currency, messages_count, message_segments, messages_cost,
  unpriced_messages
from final
order by month, messaging_service_sid, account_sid, customer_id, currency
