-- purpose:    What changed of the charges of a month after it was first closed: a record that was in none of its
--             figures, another price or currency, another month. Nothing is compared where no month was ever closed.
-- kind:       append
-- parameters: none
-- reads:      staging_calls, staging_messages, calls, messages, repeated_records, month_closings
-- grain:      service, sid, ordinal
-- order:      none
-- columns:
--   service              VARCHAR        calls or messages
--   sid                  VARCHAR
--   account_sid          VARCHAR
--   previous_charged_at  TIMESTAMP      UTC; null = it was no charge before: not seen, or without date and price
--   previous_cost        DECIMAL(18,8)  null = unpriced
--   previous_currency    VARCHAR        null where Twilio gave none
--   charged_at           TIMESTAMP      UTC; null = it is no charge any more: without date, and its price was withdrawn
--   cost                 DECIMAL(18,8)  null = unpriced
--   currency             VARCHAR        null where Twilio gives none
--   run_number           INTEGER        the run that found it
--   observed_at          TIMESTAMP      UTC
--   ordinal              BIGINT
-- A closing begins a batch: every row of staging came behind the closings that the ledger knows.
with ever_closed as (
  select month
  from month_closings
  where closed
  group by month
),

-- Records that stand in such a month, or stood there before this batch. Only one without a date can leave its month: a
-- date that Twilio has given stays. So what is known is not looked at where no row of the batch falls in such a month.
-- n:1 each, a month is listed once, and so is a repeated sid.
touched as (
  select 'calls' as service, s.sid
  from staging_calls as s
  join ever_closed as m on m.month = cast(date_trunc('month', s.charged_at) as date)
  where s.defect is null
  union
  select 'messages' as service, s.sid
  from staging_messages as s
  join ever_closed as m on m.month = cast(date_trunc('month', s.charged_at) as date)
  where s.defect is null
  union
  select 'calls' as service, k.sid
  from calls as k
  join repeated_records as r on r.service = 'calls' and r.sid = k.sid
  join ever_closed as m on m.month = cast(date_trunc('month', k.charged_at) as date)
  where k.is_undated and k.cost is not null
  union
  select 'messages' as service, k.sid
  from messages as k
  join repeated_records as r on r.service = 'messages' and r.sid = k.sid
  join ever_closed as m on m.month = cast(date_trunc('month', k.charged_at) as date)
  where k.is_undated and k.cost is not null
),

-- A record without date and price is no charge: it stands in no month.
observations as (
  select
    'calls' as service, sid, account_sid,
    case when not is_undated or cost is not null then charged_at end as charged_at,
    cost, currency, run_number, observed_at, ordinal, 1 as is_fresh
  from staging_calls
  where defect is null
  union all
  select
    'messages' as service, sid, account_sid,
    case when not is_undated or cost is not null then charged_at end as charged_at,
    cost, currency, run_number, observed_at, ordinal, 1 as is_fresh
  from staging_messages
  where defect is null
  union all
  select
    'calls' as service, sid, account_sid,
    case when not is_undated or cost is not null then charged_at end as charged_at,
    cost, currency, run_number, observed_at, ordinal, 0 as is_fresh
  from calls
  union all
  select
    'messages' as service, sid, account_sid,
    case when not is_undated or cost is not null then charged_at end as charged_at,
    cost, currency, run_number, observed_at, ordinal, 0 as is_fresh
  from messages
),

sequences as (
  select
    o.service, o.sid, o.account_sid, o.charged_at, o.cost, o.currency, o.run_number, o.observed_at, o.ordinal,
    o.is_fresh
  from observations as o
  -- n:1, a record is touched once
  join touched as t on t.service = o.service and t.sid = o.sid
),

compared as (
  select
    service,
    sid,
    account_sid,
    lag(charged_at) over (partition by service, sid order by ordinal) as previous_charged_at,
    lag(cost) over (partition by service, sid order by ordinal) as previous_cost,
    lag(currency) over (partition by service, sid order by ordinal) as previous_currency,
    charged_at,
    cost,
    currency,
    run_number,
    observed_at,
    ordinal,
    is_fresh
  from sequences
),

final as (
  select
    c.service,
    c.sid,
    c.account_sid,
    c.previous_charged_at,
    c.previous_cost,
    c.previous_currency,
    c.charged_at,
    c.cost,
    c.currency,
    c.run_number,
    c.observed_at,
    c.ordinal
  from compared as c
  -- n:1 each, a month is listed once
  left join ever_closed as b on b.month = cast(date_trunc('month', c.previous_charged_at) as date)
  left join ever_closed as a on a.month = cast(date_trunc('month', c.charged_at) as date)
  where
    c.is_fresh = 1
    and (a.month is not null or b.month is not null)
    and (
      date_trunc('month', c.charged_at) is distinct from date_trunc('month', c.previous_charged_at)
      or c.cost is distinct from c.previous_cost
      or (c.cost is not null and c.currency is distinct from c.previous_currency)
    )
)

select
  service, sid, account_sid, previous_charged_at, previous_cost, previous_currency, charged_at, cost, currency,
  run_number, observed_at, ordinal
from final
