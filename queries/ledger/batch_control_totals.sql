-- purpose:    Control totals of each landing file of the batch: as it was landed, which the manifest says, and as its
--             rows came out of loading, usable or quarantined.
-- kind:       staged
-- parameters: none
-- reads:      landed_controls, staging_accounts, staging_calls, staging_messages, staging_usage_records
-- grain:      landing_sequence, resource, stage, currency
-- order:      none
-- columns:
--   landing_sequence  BIGINT         number of the landing file
--   resource          VARCHAR        accounts, calls, messages or usage_records
--   stage             VARCHAR        landed, loaded or quarantined
--   currency          VARCHAR        upper case; empty where Twilio gives none
--   row_count         BIGINT
--   priced_count      BIGINT         prices that are plain decimals which fit DECIMAL(18,8)
--   price_sum         DECIMAL(38,8)  of those, with Twilio's sign
with observed as (
  select
    'accounts' as resource,
    ordinal // 10000000 as landing_sequence,
    false as is_quarantined,
    '' as currency,
    count(*) as row_count,
    cast(0 as bigint) as priced_count,
    cast(0 as decimal(38, 8)) as price_sum
  from staging_accounts
  group by ordinal // 10000000
  union all
  select
    'calls' as resource,
    ordinal // 10000000 as landing_sequence,
    defect is not null as is_quarantined,
    coalesce(currency, '') as currency,
    count(*) as row_count,
    count(cost) as priced_count,
    -coalesce(sum(cost), cast(0 as decimal(38, 8))) as price_sum
  from staging_calls
  group by ordinal // 10000000, defect is not null, coalesce(currency, '')
  union all
  select
    'messages' as resource,
    ordinal // 10000000 as landing_sequence,
    defect is not null as is_quarantined,
    coalesce(currency, '') as currency,
    count(*) as row_count,
    count(cost) as priced_count,
    -coalesce(sum(cost), cast(0 as decimal(38, 8))) as price_sum
  from staging_messages
  group by ordinal // 10000000, defect is not null, coalesce(currency, '')
  union all
  select
    'usage_records' as resource,
    ordinal // 10000000 as landing_sequence,
    defect is not null as is_quarantined,
    coalesce(currency, '') as currency,
    count(*) as row_count,
    count(cost) as priced_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as price_sum
  from staging_usage_records
  group by ordinal // 10000000, defect is not null, coalesce(currency, '')
),

final as (
  select
    landing_sequence,
    resource,
    'landed' as stage,
    currency,
    row_count,
    priced_count,
    price_sum
  from landed_controls
  union all
  select
    landing_sequence,
    resource,
    case when is_quarantined then 'quarantined' else 'loaded' end as stage,
    currency,
    row_count,
    priced_count,
    price_sum
  from observed
)

select landing_sequence, resource, stage, currency, row_count, priced_count, price_sum
from final
