-- purpose:    The twenty customers that cost most, by currency, and all others together: the bars of report.html.
-- kind:       query
-- parameters: none
-- reads:      report_customer_cost, report_customer_statement, statuses
-- grain:      currency, place
-- order:      currency, place
-- columns:
--   currency         VARCHAR        ISO 4217; records without a currency have no cost, and are left out
--   place            INTEGER        1 = cost most, as far as known; 21 = all others together
--   customer_id      VARCHAR        empty for all others
--   customer_name    VARCHAR        likewise
--   customers_count  BIGINT         1, or the others
--   calls_cost       DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   messages_cost    DECIMAL(38,8)  likewise
--   other_cost       DECIMAL(38,8)  empty where it is not known whole
--   known_cost       DECIMAL(38,8)  what is known of the total, other cost of the days included that are known
--   total_cost       DECIMAL(38,8)  empty where other_cost is
--   unpriced_count   BIGINT         counted in no cost
--   reconciliation   VARCHAR        of the others, the worst
with known as (
  select customer_id, currency, sum(cost) as known_cost
  from report_customer_statement
  where currency <> '' and cost is not null
  group by customer_id, currency
),

ranked as (
  select
    c.currency,
    c.customer_id,
    c.customer_name,
    c.calls_cost,
    c.messages_cost,
    c.other_cost,
    coalesce(k.known_cost, cast(0 as decimal(38, 8))) as known_cost,
    c.total_cost,
    c.unpriced_calls + c.unpriced_messages as unpriced_count,
    s.badness,
    row_number() over (
      partition by c.currency
      order by coalesce(k.known_cost, cast(0 as decimal(38, 8))) desc, c.customer_id
    ) as place
  from report_customer_cost as c
  -- 1:1, both have one row for a customer and currency; none where every line is worth nothing
  left join known as k on k.customer_id = c.customer_id and k.currency = c.currency
  -- n:1, a status is listed once
  join statuses as s on s.status = c.reconciliation
  where c.currency <> ''
),

placed as (
  select
    currency,
    cast(case when place <= 20 then place else 21 end as integer) as place,
    max(case when place <= 20 then customer_id else '' end) as customer_id,
    max(case when place <= 20 then customer_name else '' end) as customer_name,
    count(*) as customers_count,
    sum(calls_cost) as calls_cost,
    sum(messages_cost) as messages_cost,
    case when count(*) = count(other_cost) then sum(other_cost) end as other_cost,
    sum(known_cost) as known_cost,
    case when count(*) = count(total_cost) then sum(total_cost) end as total_cost,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    max(badness) as badness
  from ranked
  group by currency, cast(case when place <= 20 then place else 21 end as integer)
),

final as (
  select
    p.currency,
    p.place,
    p.customer_id,
    p.customer_name,
    p.customers_count,
    p.calls_cost,
    p.messages_cost,
    p.other_cost,
    p.known_cost,
    p.total_cost,
    p.unpriced_count,
    s.status as reconciliation
  from placed as p
  -- n:1, a status is listed once
  join statuses as s on s.badness = p.badness
)

select
  currency, place, customer_id, customer_name, customers_count, calls_cost, messages_cost, other_cost, known_cost,
  total_cost, unpriced_count, reconciliation
from final
order by currency, place
