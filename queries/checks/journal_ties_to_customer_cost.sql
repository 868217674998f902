-- purpose:    The journal's cost lines against customer_cost, to the last decimal: every cost that is not rounded away
--             is booked once, and nothing else is.
-- severity:   fail
-- meaning:    The journal does not book what customer_cost says. Do not import it; report the bug with this line.
-- parameters: none
-- reads:      report_journal, report_customer_cost, currencies
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer, currency and kind of cost
--   detail   VARCHAR
with booked as (
  select
    left(cast(date as varchar), 7) as month,
    customer,
    currency,
    line,
    sum(coalesce(debit, cast(0 as decimal(38, 4))) - coalesce(credit, cast(0 as decimal(38, 4)))) as amount,
    sum(exact_amount) as exact_amount
  from report_journal
  where line < 4
  group by left(cast(date as varchar), 7), customer, currency, line
),

costs as (
  select month, customer_id, currency, 1 as line, calls_cost as cost
  from report_customer_cost
  union all
  select month, customer_id, currency, 2 as line, messages_cost as cost
  from report_customer_cost
  union all
  select month, customer_id, currency, 3 as line, other_cost as cost
  from report_customer_cost
),

-- n:1, a currency is listed once; none where there is no currency, and so no cost
reported as (
  select
    left(cast(c.month as varchar), 7) as month,
    c.customer_id as customer,
    c.currency,
    c.line,
    c.cost,
    case m.minor_unit
      when '0' then cast(1 as decimal(38, 8))
      when '2' then cast(0.01 as decimal(38, 8))
      when '3' then cast(0.001 as decimal(38, 8))
      else cast(0.0001 as decimal(38, 8))
    end as minor_unit
  from costs as c
  left join currencies as m on m.currency = c.currency
  where c.cost is not null
),

-- 1:1, both are grouped by month, customer, currency and line
compared as (
  select
    coalesce(r.month, b.month) as month,
    coalesce(r.customer, b.customer) as customer,
    coalesce(r.currency, b.currency) as currency,
    coalesce(r.line, b.line) as line,
    r.cost,
    b.exact_amount,
    b.amount,
    case
      when b.exact_amount is null then abs(r.cost) * 2 < r.minor_unit
      when r.cost is null or b.exact_amount <> r.cost then false
      when abs(b.amount - r.cost) * 2 = r.minor_unit then abs(b.amount) > abs(r.cost)
      else abs(b.amount - r.cost) * 2 < r.minor_unit
    end as is_booked
  from reported as r
  full join booked as b
    on b.month = r.month
    and b.customer = r.customer
    and b.currency = r.currency
    and b.line = r.line
),

final as (
  select
    month || ' ' || customer || ' ' || currency || ' '
    || case line when 1 then 'calls' when 2 then 'messages' else 'other' end as subject,
    'journal: ' || coalesce(cast(amount as varchar) || ', exact ' || cast(exact_amount as varchar), 'no line')
    || '; customer_cost: ' || coalesce(cast(cost as varchar), 'not known') as detail
  from compared
  where not is_booked
)

select subject, detail
from final
order by subject, detail
