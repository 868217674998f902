-- purpose:    Totals of a period by currency, for run.json.
-- kind:       query
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges
-- grain:      currency
-- order:      currency
-- columns:
--   currency           VARCHAR        ISO 4217; empty where Twilio gives none
--   calls_count        BIGINT
--   messages_count     BIGINT
--   itemised_cost      DECIMAL(38,8)  in currency; positive = Twilio charged us
--   unpriced_calls     BIGINT
--   unpriced_messages  BIGINT
with final as (
  select
    currency,
    count(*) filter (where service = 'calls') as calls_count,
    count(*) filter (where service = 'messages') as messages_count,
    cast(coalesce(sum(cost), 0) as decimal(38, 8)) as itemised_cost,
    count(*) filter (where service = 'calls' and cost is null) as unpriced_calls,
    count(*) filter (where service = 'messages' and cost is null) as unpriced_messages
  from charges
  where charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by currency
)

select currency, calls_count, messages_count, itemised_cost, unpriced_calls, unpriced_messages
from final
order by currency
