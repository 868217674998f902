-- purpose:    Records that Twilio no longer lists, although their window was read whole: kept, and counted in every
--             figure.
-- severity:   warn
-- meaning:    Somebody deleted them at Twilio, or their history ran out. The charge stands in Twilio's Usage Records,
--             and so here; nothing to do unless the number surprises you.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      vanished_records, calls, messages
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with vanished as (
  select service, sid, max(last_seen_at) as last_seen_at
  from vanished_records
  where charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by service, sid
),

-- 1:1 each, the ledger holds a record once. One that was seen again since has not vanished.
counted as (
  select v.service, c.account_sid, coalesce(c.currency, '') as currency, c.cost
  from vanished as v
  join calls as c on c.sid = v.sid and v.service = 'calls' and c.observed_at <= v.last_seen_at
  union all
  select v.service, m.account_sid, coalesce(m.currency, '') as currency, m.cost
  from vanished as v
  join messages as m on m.sid = v.sid and v.service = 'messages' and m.observed_at <= v.last_seen_at
),

summed as (
  select
    account_sid,
    service,
    currency,
    count(*) as record_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from counted
  group by account_sid, service, currency
),

final as (
  select
    account_sid as subject,
    cast(record_count as varchar) || ' ' || service || ' that Twilio no longer lists, '
    || cast(cost as varchar) || ' ' || case when currency = '' then '(no currency)' else currency end as detail
  from summed
)

select subject, detail
from final
order by subject, detail
