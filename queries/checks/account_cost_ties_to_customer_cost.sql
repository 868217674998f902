-- purpose:    account_cost against customer_cost, by month, customer and currency.
-- severity:   fail
-- meaning:    Two reports of the same cost differ. Do not send them out; report the bug with this line.
-- parameters: none
-- reads:      report_account_cost, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency
--   detail   VARCHAR
with by_account as (
  select
    month,
    customer_id,
    currency,
    sum(calls_count + messages_count) as record_count,
    sum(calls_minutes) as calls_minutes,
    sum(message_segments) as message_segments,
    sum(unpriced_calls + unpriced_messages) as unpriced_count,
    sum(itemised_cost) as itemised_cost,
    sum(other_cost) as other_cost
  from report_account_cost
  group by month, customer_id, currency
),

by_customer as (
  select
    month,
    customer_id,
    currency,
    calls_count + messages_count as record_count,
    calls_minutes,
    message_segments,
    unpriced_calls + unpriced_messages as unpriced_count,
    itemised_cost,
    other_cost
  from report_customer_cost
),

compared as (
  select
    coalesce(c.month, a.month) as month,
    coalesce(c.customer_id, a.customer_id) as customer_id,
    coalesce(c.currency, a.currency) as currency,
    c.record_count as customer_count,
    a.record_count as account_count,
    c.itemised_cost as customer_cost,
    a.itemised_cost as account_cost,
    c.other_cost as customer_other_cost,
    a.other_cost as account_other_cost,
    c.calls_minutes is distinct from a.calls_minutes
    or c.message_segments is distinct from a.message_segments
    or c.unpriced_count is distinct from a.unpriced_count as differs_in_quantity
  from by_customer as c
  -- 1:1, both are keyed by month, customer and currency
  full join by_account as a
    on a.month = c.month
    and a.customer_id = c.customer_id
    and a.currency = c.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || currency as subject,
    'customer_cost: ' || coalesce(cast(customer_count as varchar), 'no') || ' records, itemised '
    || coalesce(cast(customer_cost as varchar), 'none') || ', other '
    || coalesce(cast(customer_other_cost as varchar), 'not known') || '; account_cost: '
    || coalesce(cast(account_count as varchar), 'no') || ' records, itemised '
    || coalesce(cast(account_cost as varchar), 'none') || ', other '
    || coalesce(cast(account_other_cost as varchar), 'not known')
    || case when differs_in_quantity then '; minutes, segments or unpriced counts differ' else '' end as detail
  from compared
  where
    customer_count is distinct from account_count
    or customer_cost is distinct from account_cost
    -- A customer's other cost is not known as soon as that of one account is not.
    or (customer_other_cost is not null and customer_other_cost is distinct from account_other_cost)
    or differs_in_quantity
)

select subject, detail
from final
order by subject, detail
