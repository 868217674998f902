-- purpose:    Control totals of every run at every stage: received = landed = loaded + quarantined.
-- kind:       view
-- parameters: none
-- reads:      file_control_totals
-- grain:      run_number, resource, stage, currency
-- order:      none
-- columns:
--   run_number    INTEGER
--   resource      VARCHAR        accounts, calls, messages or usage_records
--   stage         VARCHAR        received, landed, loaded or quarantined
--   currency      VARCHAR        upper case; empty where Twilio gives none
--   row_count     BIGINT         observations: a record that was pulled twice counts twice
--   priced_count  BIGINT         prices that are plain decimals which fit DECIMAL(18,8)
--   price_sum     DECIMAL(38,8)  of those, with Twilio's sign: calls and messages negative = Twilio charged
select
  run_number,
  resource,
  stage,
  currency,
  cast(sum(row_count) as bigint) as row_count,
  cast(sum(priced_count) as bigint) as priced_count,
  sum(price_sum) as price_sum
from file_control_totals
group by run_number, resource, stage, currency
