-- purpose:    customer_cost_by_day against customer_cost, by month, customer and currency.
-- severity:   fail
-- meaning:    customer_cost_by_day.csv does not add up. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_customer_cost_by_day, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency, or `(no currency)`
--   detail   VARCHAR
with by_day as (
  select
    cast(date_trunc('month', day) as date) as month,
    customer_id,
    currency,
    sum(calls_count) as calls_count,
    sum(messages_count) as messages_count,
    sum(calls_minutes) as calls_minutes,
    sum(message_segments) as message_segments,
    sum(unpriced_calls) as unpriced_calls,
    sum(unpriced_messages) as unpriced_messages,
    sum(calls_cost) as calls_cost,
    sum(messages_cost) as messages_cost,
    sum(itemised_cost) as itemised_cost,
    case when count(*) = count(other_cost) then sum(other_cost) end as other_cost,
    case when count(*) = count(total_cost) then sum(total_cost) end as total_cost
  from report_customer_cost_by_day
  group by cast(date_trunc('month', day) as date), customer_id, currency
),

compared as (
  select
    coalesce(c.month, d.month) as month,
    coalesce(c.customer_id, d.customer_id) as customer_id,
    coalesce(c.currency, d.currency) as currency,
    c.itemised_cost as customer_cost,
    d.itemised_cost as day_cost,
    c.total_cost as customer_total,
    d.total_cost as day_total,
    c.calls_count is distinct from d.calls_count
    or c.messages_count is distinct from d.messages_count
    or c.calls_minutes is distinct from d.calls_minutes
    or c.message_segments is distinct from d.message_segments
    or c.unpriced_calls is distinct from d.unpriced_calls
    or c.unpriced_messages is distinct from d.unpriced_messages as differs_in_quantity,
    c.calls_cost is distinct from d.calls_cost
    or c.messages_cost is distinct from d.messages_cost
    or c.itemised_cost is distinct from d.itemised_cost
    -- One day that is not known makes the customer's month unknown; the other days are known all the same.
    or (c.other_cost is not null and c.other_cost is distinct from d.other_cost)
    or (c.total_cost is not null and c.total_cost is distinct from d.total_cost) as differs_in_cost
  from report_customer_cost as c
  -- 1:1, both are keyed by month, customer and currency
  full join by_day as d
    on d.month = c.month
    and d.customer_id = c.customer_id
    and d.currency = c.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' '
    || case when currency = '' then '(no currency)' else currency end as subject,
    'customer_cost_by_day: itemised ' || coalesce(cast(day_cost as varchar), 'none') || ', total '
    || coalesce(cast(day_total as varchar), 'not known') || '; customer_cost: itemised '
    || coalesce(cast(customer_cost as varchar), 'none') || ', total '
    || coalesce(cast(customer_total as varchar), 'not known')
    || case when differs_in_quantity then '; counts, minutes, segments or unpriced counts differ' else '' end as detail
  from compared
  where differs_in_quantity or differs_in_cost
)

select subject, detail
from final
order by subject, detail
