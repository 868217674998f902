-- purpose:    The customers' statements against customer_cost, by customer and currency.
-- severity:   fail
-- meaning:    A customer's statement and the headline differ. Do not send either out; report the bug with this line.
-- parameters: none
-- reads:      report_customer_statement, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  customer and currency
--   detail   VARCHAR
with stated as (
  select
    customer_id,
    currency,
    sum(record_count) as record_count,
    sum(unpriced_count) as unpriced_count,
    sum(case when service <> 'other' then cost else 0 end) as itemised_cost,
    sum(case when service = 'other' then cost else 0 end) as other_cost
  from report_customer_statement
  where cost is not null
  group by customer_id, currency
),

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
    coalesce(r.customer_id, s.customer_id) as customer_id,
    coalesce(r.currency, s.currency) as currency,
    coalesce(s.record_count, 0) as stated_count,
    coalesce(s.unpriced_count, 0) as stated_unpriced,
    coalesce(s.itemised_cost, cast(0 as decimal(38, 8))) as stated_cost,
    coalesce(s.other_cost, cast(0 as decimal(38, 8))) as stated_other_cost,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(r.unpriced_count, 0) as reported_unpriced,
    coalesce(r.itemised_cost, cast(0 as decimal(38, 8))) as reported_cost,
    case when r.customer_id is null then cast(0 as decimal(38, 8)) else r.other_cost end as reported_other_cost
  from reported as r
  -- 1:1, both are grouped by customer and currency
  full join stated as s on s.customer_id = r.customer_id and s.currency = r.currency
),

final as (
  select
    customer_id || ' ' || case when currency = '' then '(no currency)' else currency end as subject,
    'statement: ' || cast(stated_count as varchar) || ' records (' || cast(stated_unpriced as varchar)
    || ' unpriced), itemised ' || cast(stated_cost as varchar) || ', other ' || cast(stated_other_cost as varchar)
    || '; customer_cost: ' || cast(reported_count as varchar) || ' records ('
    || cast(reported_unpriced as varchar) || ' unpriced), itemised ' || cast(reported_cost as varchar)
    || ', other ' || coalesce(cast(reported_other_cost as varchar), 'not known') as detail
  from compared
  where
    stated_count <> reported_count
    or stated_unpriced <> reported_unpriced
    or stated_cost <> reported_cost
    or (reported_other_cost is not null and stated_other_cost <> reported_other_cost)
)

select subject, detail
from final
order by subject, detail
