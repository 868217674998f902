-- purpose:    What each cause explains of the difference, by account and currency. What no list itemises is left out
--             where it is a family of its own: that is other cost, and no difference.
-- kind:       period
-- parameters: none
-- reads:      reconciled_days
-- grain:      cause, account_sid, currency
-- order:      none
-- columns:
--   cause             VARCHAR        a column of reconciliation.csv
--   account_sid       VARCHAR
--   currency          VARCHAR        ISO 4217
--   cost              DECIMAL(38,8)  usage less records
--   day_count         BIGINT
--   first_day         DATE           UTC
--   last_day          DATE           UTC
--   count_difference  BIGINT         calls or messages that usage counts beyond those listed
--   units_difference  BIGINT         minutes or segments, likewise
--   unpriced_count    BIGINT
--   amount_text       VARCHAR        the cost in words
--   days_text         VARCHAR        the days, for people
with caused as (
  select 'unpriced_rows' as cause, account_sid, day, currency, unpriced_rows as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where unpriced_rows <> 0
  union all
  select 'usage_not_final' as cause, account_sid, day, currency, usage_not_final as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where usage_not_final <> 0
  union all
  select 'deleted_at_twilio' as cause, account_sid, day, currency, deleted_at_twilio as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where deleted_at_twilio <> 0
  union all
  select 'not_itemised' as cause, account_sid, day, currency, not_itemised as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where not_itemised <> 0 and service is not null
  union all
  select 'carrier_fees' as cause, account_sid, day, currency, carrier_fees as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where carrier_fees <> 0
  union all
  select 'failed_message_fees' as cause, account_sid, day, currency, failed_message_fees as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where failed_message_fees <> 0
  union all
  select 'day_attribution' as cause, account_sid, day, currency, day_attribution as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where day_attribution <> 0
  union all
  select 'minute_rounding' as cause, account_sid, day, currency, minute_rounding as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where minute_rounding <> 0
    or (service = 'calls' and difference = 0 and usage_count = item_count and usage_units <> item_units)
  union all
  select 'currency_mismatch' as cause, account_sid, day, currency, currency_mismatch as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where currency_mismatch <> 0
  union all
  select 'restated' as cause, account_sid, day, currency, restated as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where restated <> 0
  union all
  select 'extraction_incomplete' as cause, account_sid, day, currency, extraction_incomplete as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where extraction_incomplete <> 0
  union all
  select 'surplus_rows' as cause, account_sid, day, currency, surplus_rows as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where surplus_rows <> 0
  union all
  select 'unexplained' as cause, account_sid, day, currency, unexplained as cost,
    usage_count - item_count as count_difference, usage_units - item_units as units_difference, unpriced_count
  from reconciled_days
  where unexplained <> 0
),

summed as (
  select
    cause,
    account_sid,
    currency,
    sum(cost) as cost,
    count(distinct day) as day_count,
    min(day) as first_day,
    max(day) as last_day,
    cast(sum(count_difference) as bigint) as count_difference,
    cast(sum(units_difference) as bigint) as units_difference,
    cast(sum(unpriced_count) as bigint) as unpriced_count
  from caused
  group by cause, account_sid, currency
),

final as (
  select
    cause,
    account_sid,
    currency,
    cost,
    day_count,
    first_day,
    last_day,
    count_difference,
    units_difference,
    unpriced_count,
    'usage less records ' || cast(cost as varchar) || ' ' || currency as amount_text,
    case
      when day_count = 1 then 'on ' || cast(first_day as varchar)
      else
        'on ' || cast(day_count as varchar) || ' days from ' || cast(first_day as varchar) || ' to '
        || cast(last_day as varchar)
    end as days_text
  from summed
)

select
  cause, account_sid, currency, cost, day_count, first_day, last_day, count_difference, units_difference,
  unpriced_count, amount_text, days_text
from final
