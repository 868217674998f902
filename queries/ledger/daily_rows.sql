-- purpose:    How many records complete pulls brought, and of how many days: what a plan is estimated from.
-- kind:       query
-- parameters: none
-- reads:      tasks
-- grain:      account_sid, resource
-- order:      account_sid, resource
-- columns:
--   account_sid   VARCHAR
--   resource      VARCHAR  calls, messages, usage_records, undated_calls or undated_messages
--   record_count  BIGINT   over all pulls: a record that was pulled twice counts twice, as its day does
--   second_count  BIGINT   seconds of the windows
select
  account_sid,
  resource,
  cast(sum(record_count) as bigint) as record_count,
  cast(sum(date_diff('second', window_start, window_end)) as bigint) as second_count
from tasks
where outcome = 'complete' and window_start is not null
group by account_sid, resource
order by account_sid, resource
