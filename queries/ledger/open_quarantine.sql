-- purpose:    Quarantined records that Twilio has not sent whole since: in no figure, or there with an older price.
-- kind:       view
-- parameters: none
-- reads:      quarantined_rows, calls, messages, usage_records, consolidated_usage_records
-- grain:      resource, account_sid, record_key
-- order:      none
-- columns:
--   resource     VARCHAR  calls, messages, usage_records or consolidated_usage_records
--   record_key   VARCHAR  the sid, or day and category of a usage record
--   account_sid  VARCHAR
--   day          DATE     UTC; null where the date itself is damaged
--   currency     VARCHAR  of the newest observation, upper case; empty where Twilio gives none
--   defect       VARCHAR  of the newest observation
with newest_first as (
  select
    resource,
    record_key,
    account_sid,
    day,
    currency,
    defect,
    ordinal,
    row_number() over (partition by resource, account_sid, record_key order by ordinal desc) as place
  from quarantined_rows
),

newest as (
  select resource, record_key, account_sid, day, currency, defect, ordinal
  from newest_first
  where place = 1
),

-- n:1 each, the ledger holds a record once.
mended as (
  select n.resource, n.record_key, n.account_sid
  from newest as n
  join calls as c on n.resource = 'calls' and c.sid = n.record_key and c.ordinal > n.ordinal
  union all
  select n.resource, n.record_key, n.account_sid
  from newest as n
  join messages as m on n.resource = 'messages' and m.sid = n.record_key and m.ordinal > n.ordinal
  union all
  select n.resource, n.record_key, n.account_sid
  from newest as n
  join usage_records as u
    on n.resource = 'usage_records'
    and u.account_sid = n.account_sid
    and u.day = n.day
    and n.record_key = cast(u.day as varchar) || ' ' || u.category
    and u.ordinal > n.ordinal
  union all
  select n.resource, n.record_key, n.account_sid
  from newest as n
  join consolidated_usage_records as u
    on n.resource = 'consolidated_usage_records'
    and u.account_sid = n.account_sid
    and u.day = n.day
    and n.record_key = cast(u.day as varchar) || ' ' || u.category
    and u.ordinal > n.ordinal
),

final as (
  select
    n.resource,
    n.record_key,
    n.account_sid,
    n.day,
    n.currency,
    n.defect
  from newest as n
  -- 1:1, a record is mended once at most
  left join mended as m
    on m.resource = n.resource
    and m.account_sid = n.account_sid
    and m.record_key = n.record_key
  where m.record_key is null
)

select resource, record_key, account_sid, day, currency, defect
from final
