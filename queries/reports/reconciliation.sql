-- purpose:    Itemised records beside Twilio's Usage Records, by account, day, family of categories and currency: the
--             difference, and the amounts of its causes, which add up to it.
-- parameters: none
-- reads:      reconciled_days
-- grain:      account_sid, day, family, currency
-- order:      account_sid, day, family, currency
-- totals:     itemised_count, usage_count, itemised_units, usage_units, itemised_cost, usage_cost, difference,
--             unpriced_rows, usage_not_final, deleted_at_twilio, not_itemised, carrier_fees, failed_message_fees,
--             day_attribution, minute_rounding, currency_mismatch, restated, extraction_incomplete, surplus_rows,
--             unexplained, unpriced_count, unbilled_count
-- columns:
--   account_sid            VARCHAR
--   day                    DATE           UTC
--   family                 VARCHAR        of usage categories; `uncategorised` = what `totalprice` holds beyond all of
--                                         them
--   currency               VARCHAR        ISO 4217; empty where neither records nor usage tell it
--   itemised_count         BIGINT         calls or messages, unpriced ones included, unbilled ones not
--   usage_count            BIGINT
--   itemised_units         BIGINT         started minutes or segments
--   usage_units            BIGINT
--   itemised_cost          DECIMAL(38,8)  of the priced records; positive = Twilio charged us
--   usage_cost             DECIMAL(38,8)  empty where usage is unknown, which is not zero
--   difference             DECIMAL(38,8)  usage_cost less itemised_cost; empty where usage is unknown
--   unpriced_rows          DECIMAL(38,8)  usage counts the cost of records that have no price yet
--   usage_not_final        DECIMAL(38,8)  Twilio had not finished counting the day
--   deleted_at_twilio      DECIMAL(38,8)  records that only one side still has
--   not_itemised           DECIMAL(38,8)  no list shows it: carriers' fees, recordings, numbers and so on
--   carrier_fees           DECIMAL(38,8)  held by the prices of messages, listed apart by usage
--   failed_message_fees    DECIMAL(38,8)  prices of messages that failed, listed apart by usage
--   day_attribution        DECIMAL(38,8)  usage counts it on the day beside
--   minute_rounding        DECIMAL(38,8)  usage counts other minutes of as many calls
--   currency_mismatch      DECIMAL(38,8)  usage stands in another currency than the records
--   restated               DECIMAL(38,8)  usage or a price was changed, and the other one was not
--   extraction_incomplete  DECIMAL(38,8)  the list of the records was not read whole
--   surplus_rows           DECIMAL(38,8)  rows that are listed and not counted: listed twice, or another account's
--   unexplained            DECIMAL(38,8)  none of these
--   unpriced_count         BIGINT         records without a price
--   unbilled_count         BIGINT         calls that never connected and cost nothing: Twilio neither bills nor counts
--                                         them
--   status                 VARCHAR        agrees, explained, pending, unknown, differs; not_compared where no list
--                                         itemises the family
with final as (
  select
    account_sid,
    day,
    family,
    currency,
    item_count as itemised_count,
    usage_count,
    item_units as itemised_units,
    usage_units,
    item_cost as itemised_cost,
    usage_cost,
    difference,
    unpriced_rows,
    usage_not_final,
    deleted_at_twilio,
    not_itemised,
    carrier_fees,
    failed_message_fees,
    day_attribution,
    minute_rounding,
    currency_mismatch,
    restated,
    extraction_incomplete,
    surplus_rows,
    unexplained,
    unpriced_count,
    unbilled_count,
    status
  from reconciled_days
)

select
  account_sid, day, family, currency, itemised_count, usage_count, itemised_units, usage_units, itemised_cost,
  usage_cost, difference, unpriced_rows, usage_not_final, deleted_at_twilio, not_itemised, carrier_fees,
  failed_message_fees, day_attribution, minute_rounding, currency_mismatch, restated, extraction_incomplete,
  surplus_rows, unexplained, unpriced_count, unbilled_count, status
from final
order by account_sid, day, family, currency
