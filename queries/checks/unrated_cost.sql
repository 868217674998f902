-- purpose:    Cost that no rate is for: its lines in customer_invoice_lines have no charge. Only where rates were
--             given.
-- severity:   warn
-- meaning:    Give rates.csv a rate for it, or a default; what nobody is to pay for needs a rate too (price_per_unit 0,
--             or markup_percent -100). Cost of accounts that belong to no customer is charged to nobody: map them.
-- parameters: none
-- reads:      report_customer_invoice_lines
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer
--   detail   VARCHAR
with unrated as (
  select
    month,
    customer_id,
    currency,
    service,
    direction,
    unit,
    count(*) as line_count,
    sum(quantity) as quantity,
    sum(cost) as cost,
    sum(unpriced_count) as unpriced_count
  from report_customer_invoice_lines
  where
    rate_line is null
    and currency <> ''
    and (cost <> 0 or quantity <> 0 or unpriced_count > 0)
  group by month, customer_id, currency, service, direction, unit
),

final as (
  select
    customer_id as subject,
    cast(month as varchar) || ': ' || direction || case when direction = '' then '' else ' ' end || service || ', '
    || cast(line_count as varchar) || ' lines, cost ' || cast(cost as varchar) || ' ' || currency
    || coalesce(', ' || cast(quantity as varchar) || ' ' || unit || 's', '') || ', '
    || cast(unpriced_count as varchar) || ' unpriced'
    || case when customer_id = 'unallocated' then '; the accounts belong to no customer' else '' end as detail
  from unrated
)

select subject, detail
from final
order by subject, detail
