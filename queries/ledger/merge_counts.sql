-- purpose:    How many calls and messages merging a batch must insert, and how many known ones these must replace: what
--             the ledger holds after it is what it held before and the new ones.
-- kind:       query
-- parameters: none
-- reads:      batch_control_totals, repeated_records
-- grain:      resource
-- order:      resource
-- columns:
--   resource        VARCHAR  calls or messages
--   inserted_count  BIGINT   one row for each record of which the batch has a usable observation
--   replaced_count  BIGINT   those among them that were known before the batch
with loaded as (
  select resource, sum(row_count) as row_count
  from batch_control_totals
  where stage = 'loaded' and resource in ('calls', 'messages')
  group by resource
),

repeated as (
  select
    service as resource,
    count(*) as record_count,
    sum(observations) as observations,
    count(*) filter (where was_known) as replaced_count
  from repeated_records
  group by service
),

final as (
  select
    l.resource,
    cast(l.row_count - coalesce(r.observations, 0) + coalesce(r.record_count, 0) as bigint) as inserted_count,
    coalesce(r.replaced_count, 0) as replaced_count
  from loaded as l
  -- 1:1, both are grouped by resource
  left join repeated as r on r.resource = l.resource
)

select resource, inserted_count, replaced_count
from final
order by resource
