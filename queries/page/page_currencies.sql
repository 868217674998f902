-- purpose:    The month's cost by currency, what is known of it and what is not: the headline of report.html.
-- kind:       query
-- parameters: none
-- reads:      report_customer_cost, report_customer_statement
-- grain:      currency
-- order:      currency
-- columns:
--   currency           VARCHAR        ISO 4217; empty = records that Twilio gave no currency yet, all of them unpriced
--   customers_count    BIGINT
--   calls_count        BIGINT         unpriced ones included
--   messages_count     BIGINT         likewise
--   unpriced_count     BIGINT         counted in no cost
--   calls_cost         DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   messages_cost      DECIMAL(38,8)  likewise
--   other_cost         DECIMAL(38,8)  as far as it is known
--   known_cost         DECIMAL(38,8)  the three together: the whole cost where total_cost is not empty
--   total_cost         DECIMAL(38,8)  empty where the cost of one customer is not known whole
--   unknown_customers  BIGINT         customers whose other cost is not known whole
with customers as (
  select
    currency,
    count(*) as customers_count,
    cast(sum(calls_count) as bigint) as calls_count,
    cast(sum(messages_count) as bigint) as messages_count,
    cast(sum(unpriced_calls + unpriced_messages) as bigint) as unpriced_count,
    case when currency <> '' and count(*) = count(total_cost) then sum(total_cost) end as total_cost,
    case when currency = '' then cast(0 as bigint) else count(*) - count(total_cost) end as unknown_customers
  from report_customer_cost
  group by currency
),

known as (
  select
    currency,
    sum(case when service = 'calls' then cost else 0 end) as calls_cost,
    sum(case when service = 'messages' then cost else 0 end) as messages_cost,
    sum(case when service = 'other' then cost else 0 end) as other_cost,
    sum(cost) as known_cost
  from report_customer_statement
  where cost is not null
  group by currency
),

final as (
  select
    c.currency,
    c.customers_count,
    c.calls_count,
    c.messages_count,
    c.unpriced_count,
    coalesce(k.calls_cost, cast(0 as decimal(38, 8))) as calls_cost,
    coalesce(k.messages_cost, cast(0 as decimal(38, 8))) as messages_cost,
    coalesce(k.other_cost, cast(0 as decimal(38, 8))) as other_cost,
    coalesce(k.known_cost, cast(0 as decimal(38, 8))) as known_cost,
    c.total_cost,
    c.unknown_customers
  from customers as c
  -- 1:1, both are grouped by currency; none where every line of a currency is worth nothing
  left join known as k on k.currency = c.currency
)

select
  currency, customers_count, calls_count, messages_count, unpriced_count, calls_cost, messages_cost, other_cost,
  known_cost, total_cost, unknown_customers
from final
order by currency
