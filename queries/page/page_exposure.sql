-- purpose:    What calls and messages without a price will probably cost, by currency: an estimate, in no figure.
-- kind:       query
-- parameters: none
-- reads:      report_unpriced_exposure
-- grain:      currency, service
-- order:      currency, service
-- columns:
--   currency          VARCHAR        ISO 4217; empty where no priced row of the account tells it
--   service           VARCHAR        calls or messages
--   unpriced_count    BIGINT
--   estimated_count   BIGINT         of those, with an estimate
--   estimated_cost    DECIMAL(38,8)  of those: an estimate, in no figure; empty where there is none
with final as (
  select
    currency,
    service,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    cast(sum(case when estimated_cost is null then 0 else unpriced_count end) as bigint) as estimated_count,
    sum(estimated_cost) as estimated_cost
  from report_unpriced_exposure
  group by currency, service
)

select currency, service, unpriced_count, estimated_count, estimated_cost
from final
order by currency, service
