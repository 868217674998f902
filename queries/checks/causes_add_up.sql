-- purpose:    The amounts of the causes add up to the difference, and the difference is usage less records, row by row.
-- severity:   fail
-- meaning:    The reconciliation contradicts itself. Do not send it out; report the bug with this line.
-- parameters: none
-- reads:      report_reconciliation
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with summed as (
  select
    account_sid,
    day,
    family,
    currency,
    itemised_cost,
    usage_cost,
    difference,
    unpriced_rows + usage_not_final + deleted_at_twilio + not_itemised + carrier_fees + failed_message_fees
    + day_attribution + minute_rounding + currency_mismatch + restated + extraction_incomplete + surplus_rows
    + unexplained as caused
  from report_reconciliation
),

final as (
  select
    account_sid as subject,
    cast(day as varchar) || ' ' || family || ' ' || currency || ': difference '
    || coalesce(cast(difference as varchar), 'not known') || ', causes ' || cast(caused as varchar) || ', usage '
    || coalesce(cast(usage_cost as varchar), 'not known') || ', records ' || cast(itemised_cost as varchar) as detail
  from summed
  where
    caused <> coalesce(difference, cast(0 as decimal(38, 8))) or difference is distinct from usage_cost - itemised_cost
)

select subject, detail
from final
order by subject, detail
