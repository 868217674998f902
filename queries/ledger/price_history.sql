-- purpose:    Every change of a price between two observations of the same record: null to set, set to other, set to
--             null.
-- kind:       append
-- parameters: none
-- reads:      staging_calls, staging_messages, calls, messages, repeated_records
-- grain:      service, sid, ordinal
-- order:      none
-- columns:
--   service            VARCHAR        calls or messages
--   sid                VARCHAR
--   account_sid        VARCHAR
--   family             VARCHAR        family of usage categories that counts the record
--   charged_at         TIMESTAMP      UTC
--   previous_cost      DECIMAL(18,8)  null = unpriced
--   previous_currency  VARCHAR
--   cost               DECIMAL(18,8)  null = unpriced
--   currency           VARCHAR
--   run_number         INTEGER        the run that saw it first
--   observed_at        TIMESTAMP      UTC
--   ordinal            BIGINT
with observations as (
  select 'calls' as service, sid, account_sid, family, charged_at, cost, currency, run_number, observed_at, ordinal
  from staging_calls
  where defect is null
  union all
  select 'messages' as service, sid, account_sid, family, charged_at, cost, currency, run_number, observed_at, ordinal
  from staging_messages
  where defect is null
),

known as (
  select 'calls' as service, sid, account_sid, family, charged_at, cost, currency, run_number, observed_at, ordinal
  from calls
  union all
  select 'messages' as service, sid, account_sid, family, charged_at, cost, currency, run_number, observed_at, ordinal
  from messages
),

-- Only a record seen before can change: what is observed once, and for the first time, needs no comparing.
sequences as (
  -- n:1, a repeated sid is listed once
  select o.service, o.sid, o.account_sid, o.family, o.charged_at, o.cost, o.currency, o.run_number, o.observed_at,
    o.ordinal
  from observations as o
  join repeated_records as r on r.service = o.service and r.sid = o.sid
  union all
  -- 1:1
  select k.service, k.sid, k.account_sid, k.family, k.charged_at, k.cost, k.currency, k.run_number, k.observed_at,
    k.ordinal
  from known as k
  join repeated_records as r on r.service = k.service and r.sid = k.sid
),

compared as (
  select
    service,
    sid,
    account_sid,
    family,
    charged_at,
    lag(cost) over (partition by service, sid order by ordinal) as previous_cost,
    lag(currency) over (partition by service, sid order by ordinal) as previous_currency,
    lag(ordinal) over (partition by service, sid order by ordinal) as previous_ordinal,
    cost,
    currency,
    run_number,
    observed_at,
    ordinal
  from sequences
),

final as (
  select
    service,
    sid,
    account_sid,
    family,
    charged_at,
    previous_cost,
    previous_currency,
    cost,
    currency,
    run_number,
    observed_at,
    ordinal
  from compared
  where
    previous_ordinal is not null
    and (cost is distinct from previous_cost or (cost is not null and currency is distinct from previous_currency))
)

select
  service, sid, account_sid, family, charged_at, previous_cost, previous_currency, cost, currency, run_number,
  observed_at, ordinal
from final
