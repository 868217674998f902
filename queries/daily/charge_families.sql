-- purpose:    Calls and messages by account, day, currency and family of usage categories: what most sums by day are
--             made of.
-- kind:       daily
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_routes
-- grain:      account_sid, day, currency, family
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   currency        VARCHAR        ISO 4217; empty where Twilio gives none, as on fresh messages
--   family          VARCHAR        as usage_categories.csv has it
--   service         VARCHAR        calls or messages
--   record_count    BIGINT         unpriced and unbilled ones included
--   unbilled_count  BIGINT         calls that never connected and cost nothing: Twilio neither bills nor counts them
--                                  (its page "Resolve call log and usage discrepancies")
--   units           BIGINT         started minutes or segments
--   cost            DECIMAL(38,8)  of the priced ones; positive = Twilio charged us
--   highest_cost    DECIMAL(18,8)  of one record; null where none is priced
--   failed_cost     DECIMAL(38,8)  of messages that failed
--   unpriced_count  BIGINT
--   unpriced_units  BIGINT
--   open_count      BIGINT         unpriced ones that a price may still come for: the unbilled ones left out
with final as (
  select
    account_sid,
    day,
    currency,
    family,
    service,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(unbilled_count) as bigint) as unbilled_count,
    cast(sum(units) as bigint) as units,
    sum(cost) as cost,
    max(highest_cost) as highest_cost,
    sum(failed_cost) as failed_cost,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(unpriced_units) as bigint) as unpriced_units,
    cast(sum(open_count) as bigint) as open_count
  from charge_routes
  where day >= $start and day < $end
  group by account_sid, day, currency, family, service
)

select
  account_sid, day, currency, family, service, record_count, unbilled_count, units, cost, highest_cost, failed_cost,
  unpriced_count, unpriced_units, open_count
from final
