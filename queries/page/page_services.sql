-- purpose:    The month's cost by currency, service, and direction or family of other charges.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charge_routes, other_charge_days
-- grain:      currency, service, part
-- order:      currency, service, part
-- columns:
--   currency        VARCHAR        ISO 4217; empty = Twilio gave none yet, all of them unpriced
--   service         VARCHAR        calls, messages or other
--   part            VARCHAR        direction of calls and messages, as Twilio has it; of other the family of categories
--   record_count    BIGINT         calls or messages, unpriced ones included; of other as Twilio counts the family
--   units           BIGINT         started minutes or segments; of other as Twilio counts the family
--   unpriced_count  BIGINT         counted in no cost
--   cost            DECIMAL(38,8)  of the priced ones, of other on the days that are known; positive = Twilio charged
--                                  us
with parts as (
  select currency, service, direction as part, record_count, units, unpriced_count, cost
  from charge_routes
  where day >= $start and day < $end
  union all
  select currency, 'other' as service, family as part, usage_count as record_count, usage_units as units,
    cast(0 as bigint) as unpriced_count, cost
  from other_charge_days
  where day >= $start and day < $end
),

final as (
  select
    currency,
    service,
    part,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(units) as bigint) as units,
    cast(sum(unpriced_count) as bigint) as unpriced_count,
    sum(cost) as cost
  from parts
  group by currency, service, part
)

select currency, service, part, record_count, units, unpriced_count, cost
from final
order by currency, service, part
