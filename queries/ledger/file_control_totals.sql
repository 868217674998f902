-- purpose:    Control totals of every landing file at every stage. Landed = loaded + quarantined, or its batch is not
--             loaded. Received = landed, or the file would not be in the manifest: one figure stands for both.
-- kind:       append
-- parameters: none
-- reads:      batch_control_totals, landed_controls
-- grain:      landing_sequence, stage, currency
-- order:      none
-- columns:
--   landing_sequence  BIGINT         number of the landing file
--   run_number        INTEGER
--   resource          VARCHAR        accounts, calls, messages or usage_records
--   stage             VARCHAR        received, landed, loaded or quarantined
--   currency          VARCHAR        upper case; empty where Twilio gives none
--   row_count         BIGINT
--   priced_count      BIGINT         prices that are plain decimals which fit DECIMAL(18,8)
--   price_sum         DECIMAL(38,8)  of those, with Twilio's sign: calls and messages negative = Twilio charged
with runs as (
  select landing_sequence, max(run_number) as run_number
  from landed_controls
  group by landing_sequence
),

staged as (
  select landing_sequence, resource, stage, currency, row_count, priced_count, price_sum
  from batch_control_totals
  union all
  select landing_sequence, resource, 'received' as stage, currency, row_count, priced_count, price_sum
  from landed_controls
),

final as (
  select
    s.landing_sequence,
    r.run_number,
    s.resource,
    s.stage,
    s.currency,
    s.row_count,
    s.priced_count,
    s.price_sum
  from staged as s
  -- n:1, a landing file is of one run
  join runs as r on r.landing_sequence = s.landing_sequence
)

select landing_sequence, run_number, resource, stage, currency, row_count, priced_count, price_sum
from final
