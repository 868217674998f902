-- purpose:    Landing files of the batch whose rows did not come out of loading as they were landed: landed =
--             loaded + quarantined, rows and prices by currency.
-- kind:       query
-- parameters: none
-- reads:      batch_control_totals
-- grain:      landing_sequence, resource, currency
-- order:      landing_sequence, resource, currency
-- columns:
--   landing_sequence  BIGINT   number of the landing file
--   resource          VARCHAR  accounts, calls, messages or usage_records
--   currency          VARCHAR  empty where Twilio gives none
--   landed            VARCHAR  rows, priced rows and the sum of prices
--   came              VARCHAR  the same, of usable and quarantined rows together
with summed as (
  select
    landing_sequence,
    resource,
    currency,
    sum(case when stage = 'landed' then row_count else 0 end) as landed_rows,
    sum(case when stage = 'landed' then priced_count else 0 end) as landed_priced,
    sum(case when stage = 'landed' then price_sum else 0 end) as landed_sum,
    sum(case when stage <> 'landed' then row_count else 0 end) as came_rows,
    sum(case when stage <> 'landed' then priced_count else 0 end) as came_priced,
    sum(case when stage <> 'landed' then price_sum else 0 end) as came_sum
  from batch_control_totals
  group by landing_sequence, resource, currency
),

final as (
  select
    landing_sequence,
    resource,
    currency,
    cast(landed_rows as varchar) || ' rows, ' || cast(landed_priced as varchar) || ' priced, '
    || cast(landed_sum as varchar) as landed,
    cast(came_rows as varchar) || ' rows, ' || cast(came_priced as varchar) || ' priced, '
    || cast(came_sum as varchar) as came
  from summed
  where landed_rows <> came_rows or landed_priced <> came_priced or landed_sum <> came_sum
)

select landing_sequence, resource, currency, landed, came
from final
order by landing_sequence, resource, currency
