-- purpose:    The FOCUS dataset against customer_cost, by month, customer and currency: itemised cost and records
--             always, other cost where customer_cost knows it.
-- severity:   fail
-- meaning:    Two reports of the same cost differ. Do not load the dataset anywhere; report the bug with this line.
-- parameters: none
-- reads:      report_focus_cost_and_usage, report_customer_cost
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, customer and currency
--   detail   VARCHAR
with charged as (
  select
    cast(BillingPeriodStart as date) as month,
    x_CustomerId as customer_id,
    BillingCurrency as currency,
    sum(case when x_Service <> 'other' then x_RecordCount else 0 end) as record_count,
    sum(x_UnpricedCount) as unpriced_count,
    sum(case when x_Service <> 'other' then BilledCost else 0 end) as itemised_cost,
    sum(case when x_Service = 'other' then BilledCost else 0 end) as other_cost,
    sum(
      case when EffectiveCost = BilledCost and ListCost = BilledCost and ContractedCost = BilledCost then 0 else 1 end
    ) as unlike_count
  from report_focus_cost_and_usage
  group by cast(BillingPeriodStart as date), x_CustomerId, BillingCurrency
),

-- What has no currency has no price, and no row in the dataset.
reported as (
  select
    month,
    customer_id,
    currency,
    sum(calls_count + messages_count) as record_count,
    sum(unpriced_calls + unpriced_messages) as unpriced_count,
    sum(itemised_cost) as itemised_cost,
    sum(other_cost) as other_cost
  from report_customer_cost
  where currency <> ''
  group by month, customer_id, currency
),

compared as (
  select
    coalesce(r.month, f.month) as month,
    coalesce(r.customer_id, f.customer_id) as customer_id,
    coalesce(r.currency, f.currency) as currency,
    coalesce(f.record_count, 0) as charged_count,
    coalesce(f.unpriced_count, 0) as charged_unpriced,
    coalesce(f.itemised_cost, cast(0 as decimal(38, 8))) as charged_cost,
    coalesce(f.other_cost, cast(0 as decimal(38, 8))) as charged_other_cost,
    coalesce(f.unlike_count, 0) as unlike_count,
    coalesce(r.record_count, 0) as reported_count,
    coalesce(r.unpriced_count, 0) as reported_unpriced,
    coalesce(r.itemised_cost, cast(0 as decimal(38, 8))) as reported_cost,
    case when r.month is null then cast(0 as decimal(38, 8)) else r.other_cost end as reported_other_cost
  from reported as r
  -- 1:1, both are grouped by month, customer and currency
  full join charged as f on f.month = r.month and f.customer_id = r.customer_id and f.currency = r.currency
),

final as (
  select
    cast(month as varchar) || ' ' || customer_id || ' ' || currency as subject,
    'FOCUS: ' || cast(charged_count as varchar) || ' records (' || cast(charged_unpriced as varchar)
    || ' unpriced), itemised ' || cast(charged_cost as varchar) || ', other ' || cast(charged_other_cost as varchar)
    || '; customer_cost: ' || cast(reported_count as varchar) || ' records (' || cast(reported_unpriced as varchar)
    || ' unpriced), itemised ' || cast(reported_cost as varchar) || ', other '
    || coalesce(cast(reported_other_cost as varchar), 'not known')
    || case when unlike_count = 0 then '' else '; the four costs of a row are not equal' end as detail
  from compared
  where
    charged_count <> reported_count
    or charged_unpriced <> reported_unpriced
    or charged_cost <> reported_cost
    or (reported_other_cost is not null and charged_other_cost <> reported_other_cost)
    or unlike_count > 0
)

select subject, detail
from final
order by subject, detail
