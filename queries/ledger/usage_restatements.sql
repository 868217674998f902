-- purpose:    Usage records whose cost Twilio changed after they were final: counted a whole day past the end of their
--             day.
-- kind:       append
-- parameters: none
-- reads:      staging_usage_records, usage_records
-- grain:      account_sid, day, category, currency, ordinal
-- order:      none
-- columns:
--   account_sid     VARCHAR
--   day             DATE           UTC
--   category        VARCHAR        Twilio's usage category
--   currency        VARCHAR        ISO 4217
--   previous_cost   DECIMAL(18,8)  positive = Twilio charged us
--   cost            DECIMAL(18,8)  positive = Twilio charged us
--   previous_as_of  TIMESTAMP      UTC
--   as_of           TIMESTAMP      UTC
--   run_number      INTEGER        the run that saw it first
--   observed_at     TIMESTAMP      UTC
--   ordinal         BIGINT
with observations as (
  select account_sid, day, category, currency, cost, as_of, run_number, observed_at, ordinal
  from staging_usage_records
  where defect is null and not include_subaccounts
),

observed as (
  select account_sid, day, category, currency
  from observations
  group by account_sid, day, category, currency
),

-- A batch may hold many observations of a record, as when the ledger is made anew: each is compared with the one
-- before.
sequences as (
  select account_sid, day, category, currency, cost, as_of, run_number, observed_at, ordinal
  from observations
  union all
  select u.account_sid, u.day, u.category, u.currency, u.cost, u.as_of, u.run_number, u.observed_at, u.ordinal
  from usage_records as u
  -- 1:1, both are keyed by account, day, category and currency
  join observed as o
    on o.account_sid = u.account_sid
    and o.day = u.day
    and o.category = u.category
    and o.currency = u.currency
),

-- Next to none: only what changed is put in order.
changed as (
  select account_sid, day, category, currency
  from sequences
  group by account_sid, day, category, currency
  having min(cost) <> max(cost)
),

-- n:1, what changed is listed once
compared as (
  select
    s.account_sid,
    s.day,
    s.category,
    s.currency,
    lag(s.cost) over (partition by s.account_sid, s.day, s.category, s.currency order by s.ordinal) as previous_cost,
    s.cost,
    lag(s.as_of) over (partition by s.account_sid, s.day, s.category, s.currency order by s.ordinal) as previous_as_of,
    s.as_of,
    s.run_number,
    s.observed_at,
    s.ordinal
  from sequences as s
  join changed as c
    on c.account_sid = s.account_sid
    and c.day = s.day
    and c.category = s.category
    and c.currency = s.currency
),

final as (
  select
    account_sid, day, category, currency, previous_cost, cost, previous_as_of, as_of, run_number, observed_at, ordinal
  from compared
  where previous_cost <> cost and previous_as_of >= cast(day + 2 as timestamp)
)

select
  account_sid, day, category, currency, previous_cost, cost, previous_as_of, as_of, run_number, observed_at, ordinal
from final
