-- purpose:    Calls and messages that the batch holds more than once or that were known before it, with their newest
--             usable observation. On a first load there are next to none: every other row is simply inserted.
-- kind:       staged
-- parameters: none
-- reads:      staging_calls, staging_messages, calls, messages
-- grain:      service, sid
-- order:      none
-- columns:
--   service         VARCHAR  calls or messages
--   sid             VARCHAR
--   newest_ordinal  BIGINT   of the usable observations in the batch
with usable as (
  select 'calls' as service, sid, ordinal
  from staging_calls
  where defect is null
  union all
  select 'messages' as service, sid, ordinal
  from staging_messages
  where defect is null
),

observed as (
  select
    service,
    sid,
    count(*) as observations,
    max(ordinal) as newest_ordinal
  from usable
  group by service, sid
),

known as (
  select 'calls' as service, sid
  from calls
  union all
  select 'messages' as service, sid
  from messages
),

final as (
  select
    o.service,
    o.sid,
    o.newest_ordinal
  from observed as o
  -- 1:1, a sid is known once
  left join known as k on k.service = o.service and k.sid = o.sid
  where o.observations > 1 or k.sid is not null
)

select service, sid, newest_ordinal
from final
