-- purpose:    Calls and messages without a price, counted, with the oldest and the newest.
-- kind:       query
-- parameters: none
-- reads:      report_unpriced
-- grain:      service
-- order:      service
-- columns:
--   service          VARCHAR  calls or messages
--   unpriced_count   BIGINT
--   customers_count  BIGINT
--   oldest_day       DATE     UTC
--   newest_day       DATE     UTC
with final as (
  select
    service,
    count(*) as unpriced_count,
    count(distinct customer_id) as customers_count,
    cast(min(charged_at) as date) as oldest_day,
    cast(max(charged_at) as date) as newest_day
  from report_unpriced
  group by service
)

select service, unpriced_count, customers_count, oldest_day, newest_day
from final
order by service
