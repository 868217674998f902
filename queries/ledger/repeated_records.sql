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
--   observations    BIGINT   how many those are
--   was_known       BOOLEAN  the ledger held it before the batch
--   known_day       DATE     UTC, on which the ledger had it; null where it did not
-- Each service by itself: its name beside the sid would be hashed and compared for every row.
with observed_calls as (
  select sid, count(*) as observations, max(ordinal) as newest_ordinal
  from staging_calls
  where defect is null
  group by sid
),

observed_messages as (
  select sid, count(*) as observations, max(ordinal) as newest_ordinal
  from staging_messages
  where defect is null
  group by sid
),

final as (
  select 'calls' as service, o.sid, o.newest_ordinal, o.observations, k.sid is not null as was_known,
    cast(k.charged_at as date) as known_day
  from observed_calls as o
  -- 1:1, a sid is known once
  left join calls as k on k.sid = o.sid
  where o.observations > 1 or k.sid is not null
  union all
  select 'messages' as service, o.sid, o.newest_ordinal, o.observations, k.sid is not null as was_known,
    cast(k.charged_at as date) as known_day
  from observed_messages as o
  -- 1:1, a sid is known once
  left join messages as k on k.sid = o.sid
  where o.observations > 1 or k.sid is not null
)

select service, sid, newest_ordinal, observations, was_known, known_day
from final
