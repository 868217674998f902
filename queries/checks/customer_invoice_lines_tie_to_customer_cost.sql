-- purpose:    The cost of the invoice lines against customer_cost, by customer and currency. Only where rates were
--             given.
-- severity:   fail
-- meaning:    Invoice lines lack some of the customer's cost, or have it twice. Do not invoice; report the bug with
--             this line.
-- parameters: none
-- reads:      report_customer_invoice_lines, report_customer_cost, rates
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer and currency
--   detail   VARCHAR
with rate_count as (
  select count(*) as entries
  from rates
),

lined as (
  select
    customer_id,
    currency,
    sum(record_count) as record_count,
    sum(unpriced_count) as unpriced_count,
    sum(case when service <> 'other' then cost else 0 end) as itemised_cost,
    sum(case when service = 'other' then cost else 0 end) as other_cost
  from report_customer_invoice_lines
  group by customer_id, currency
),

-- Lines leave out the days of which other cost is not known: where the headline does not know a month's, nothing can
-- be compared.
reported as (
  select
    customer_id,
    currency,
    sum(calls_count + messages_count) as record_count,
    sum(unpriced_calls + unpriced_messages) as unpriced_count,
    sum(itemised_cost) as itemised_cost,
    case when count(*) = count(other_cost) then sum(other_cost) end as other_cost
  from report_customer_cost
  group by customer_id, currency
),

compared as (
  select
    coalesce(r.customer_id, l.customer_id) as customer_id,
    coalesce(r.currency, l.currency) as currency,
    coalesce(l.record_count, 0) as line_records,
    coalesce(l.unpriced_count, 0) as line_unpriced,
    coalesce(l.itemised_cost, cast(0 as decimal(38, 8))) as line_cost,
    coalesce(l.other_cost, cast(0 as decimal(38, 8))) as line_other_cost,
    coalesce(r.record_count, 0) as reported_records,
    coalesce(r.unpriced_count, 0) as reported_unpriced,
    coalesce(r.itemised_cost, cast(0 as decimal(38, 8))) as reported_cost,
    -- A customer that the headline does not have costs nothing there, which is known.
    case when r.customer_id is null then cast(0 as decimal(38, 8)) else r.other_cost end as reported_other_cost
  from reported as r
  -- 1:1, both are grouped by customer and currency
  full join lined as l on l.customer_id = r.customer_id and l.currency = r.currency
),

final as (
  select
    c.customer_id || ' ' || case when c.currency = '' then '(no currency)' else c.currency end as subject,
    'invoice lines: ' || cast(c.line_records as varchar) || ' records (' || cast(c.line_unpriced as varchar)
    || ' unpriced), itemised ' || cast(c.line_cost as varchar) || ', other ' || cast(c.line_other_cost as varchar)
    || '; customer_cost: ' || cast(c.reported_records as varchar) || ' records ('
    || cast(c.reported_unpriced as varchar) || ' unpriced), itemised ' || cast(c.reported_cost as varchar)
    || ', other ' || coalesce(cast(c.reported_other_cost as varchar), 'not known') as detail
  from compared as c
  -- n:1, the count is one row
  cross join rate_count as n
  where
    n.entries > 0
    and (
      c.line_records <> c.reported_records
      or c.line_unpriced <> c.reported_unpriced
      or c.line_cost <> c.reported_cost
      or (c.reported_other_cost is not null and c.line_other_cost <> c.reported_other_cost)
    )
)

select subject, detail
from final
order by subject, detail
