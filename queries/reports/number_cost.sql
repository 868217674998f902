-- purpose:    The dearest of our own numbers per month and currency: the hundred that cost most, and one row for all
--             others, so that the report adds up to the itemised cost.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, account_customers
-- grain:      month, currency, rank
-- order:      month, currency, rank
-- totals:     number_count, calls_count, calls_minutes, calls_cost, messages_count, message_segments, messages_cost,
--             itemised_cost, unpriced_calls, unpriced_messages
-- columns:
--   month              DATE           UTC, first day
--   currency           VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   rank               INTEGER        1 = the dearest; of the same cost the first by number, account and customer;
--                                     empty of all others together: those behind the hundredth, and what cost nothing
--   number             VARCHAR        our side of calls and messages: what was called or sent to where they came in,
--                                     else from where they went out. A telephone number (`whatsapp:` and the like
--                                     before it), a short code, a name, client:… or sip:…; ends in **** where a leg of
--                                     a dial bears the number of somebody outside; empty where Twilio gives none;
--                                     `(others)` without rank
--   phone_number_sid   VARCHAR        of the number, where calls to it tell; empty otherwise
--   account_sid        VARCHAR        empty without rank
--   customer_id        VARCHAR        a number whose account changed hands within the month counts for each; empty
--                                     without rank
--   number_count       BIGINT         1, or how many others there are
--   calls_count        BIGINT         unpriced ones included
--   calls_minutes      BIGINT         started minutes
--   calls_cost         DECIMAL(38,8)  in currency; positive = Twilio charged us; of the priced calls
--   messages_count     BIGINT         unpriced ones included
--   message_segments   BIGINT
--   messages_cost      DECIMAL(38,8)  of the priced messages
--   itemised_cost      DECIMAL(38,8)  calls_cost + messages_cost
--   unpriced_calls     BIGINT         counted in no cost
--   unpriced_messages  BIGINT         counted in no cost
-- One pass over each of calls and messages groups first; all joins are of groups.
with call_numbers as (
  select
    account_sid,
    day,
    own_address,
    currency,
    max(number_sid) as phone_number_sid,
    count(*) as record_count,
    sum(minutes) as minutes,
    sum(cost) as cost,
    count(*) - count(cost) as unpriced_count
  from charges
  where
    service = 'calls'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, own_address, currency
),

message_numbers as (
  select
    account_sid,
    day,
    own_address,
    currency,
    count(*) as record_count,
    sum(segments) as segments,
    sum(cost) as cost,
    count(*) - count(cost) as unpriced_count
  from charges
  where
    service = 'messages'
    and charged_at >= cast($start as timestamp)
    and charged_at < cast($end as timestamp)
  group by account_sid, day, own_address, currency
),

number_days as (
  select
    account_sid,
    day,
    own_address,
    currency,
    phone_number_sid,
    record_count as calls_count,
    minutes as calls_minutes,
    coalesce(cost, cast(0 as decimal(38, 8))) as calls_cost,
    0 as messages_count,
    0 as message_segments,
    cast(0 as decimal(38, 8)) as messages_cost,
    unpriced_count as unpriced_calls,
    0 as unpriced_messages
  from call_numbers
  union all
  select
    account_sid,
    day,
    own_address,
    currency,
    cast(null as varchar) as phone_number_sid,
    0 as calls_count,
    0 as calls_minutes,
    cast(0 as decimal(38, 8)) as calls_cost,
    record_count as messages_count,
    segments as message_segments,
    coalesce(cost, cast(0 as decimal(38, 8))) as messages_cost,
    0 as unpriced_calls,
    unpriced_count as unpriced_messages
  from message_numbers
),

numbers as (
  select
    cast(date_trunc('month', d.day) as date) as month,
    d.currency,
    coalesce(d.own_address, '') as number,
    d.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    max(d.phone_number_sid) as phone_number_sid,
    sum(d.calls_count) as calls_count,
    sum(d.calls_minutes) as calls_minutes,
    sum(d.calls_cost) as calls_cost,
    sum(d.messages_count) as messages_count,
    sum(d.message_segments) as message_segments,
    sum(d.messages_cost) as messages_cost,
    sum(d.calls_cost) + sum(d.messages_cost) as itemised_cost,
    sum(d.unpriced_calls) as unpriced_calls,
    sum(d.unpriced_messages) as unpriced_messages
  from number_days as d
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = d.account_sid
    and c.valid_from <= d.day
    and c.valid_to > d.day
  group by
    cast(date_trunc('month', d.day) as date),
    d.currency,
    coalesce(d.own_address, ''),
    d.account_sid,
    coalesce(c.customer_id, 'unallocated')
),

placed as (
  select
    month,
    currency,
    row_number() over (
      partition by month, currency
      order by itemised_cost desc, number, account_sid, customer_id
    ) as place,
    number,
    account_sid,
    customer_id,
    phone_number_sid,
    calls_count,
    calls_minutes,
    calls_cost,
    messages_count,
    message_segments,
    messages_cost,
    itemised_cost,
    unpriced_calls,
    unpriced_messages
  from numbers
),

ranked as (
  select
    month,
    currency,
    case when place <= 100 and itemised_cost > 0 then place end as rank,
    case when place <= 100 and itemised_cost > 0 then number else '(others)' end as number,
    case when place <= 100 and itemised_cost > 0 then coalesce(phone_number_sid, '') else '' end as phone_number_sid,
    case when place <= 100 and itemised_cost > 0 then account_sid else '' end as account_sid,
    case when place <= 100 and itemised_cost > 0 then customer_id else '' end as customer_id,
    calls_count,
    calls_minutes,
    calls_cost,
    messages_count,
    message_segments,
    messages_cost,
    itemised_cost,
    unpriced_calls,
    unpriced_messages
  from placed
),

final as (
  select
    month,
    currency,
    cast(rank as integer) as rank,
    number,
    phone_number_sid,
    account_sid,
    customer_id,
    count(*) as number_count,
    cast(sum(calls_count) as bigint) as calls_count,
    cast(sum(calls_minutes) as bigint) as calls_minutes,
    sum(calls_cost) as calls_cost,
    cast(sum(messages_count) as bigint) as messages_count,
    cast(sum(message_segments) as bigint) as message_segments,
    sum(messages_cost) as messages_cost,
    sum(itemised_cost) as itemised_cost,
    cast(sum(unpriced_calls) as bigint) as unpriced_calls,
    cast(sum(unpriced_messages) as bigint) as unpriced_messages
  from ranked
  group by month, currency, rank, number, phone_number_sid, account_sid, customer_id
)

select
  month, currency, rank, number, phone_number_sid, account_sid, customer_id, number_count, calls_count, calls_minutes,
  calls_cost, messages_count, message_segments, messages_cost, itemised_cost, unpriced_calls,
  unpriced_messages
from final
order by month, currency, rank nulls last
