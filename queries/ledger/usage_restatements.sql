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
with newest as (
  select
    account_sid,
    day,
    category,
    currency,
    max(ordinal) as ordinal
  from staging_usage_records
  where defect is null and not include_subaccounts
  group by account_sid, day, category, currency
),

observed as (
  select s.account_sid, s.day, s.category, s.currency, s.cost, s.as_of, s.run_number, s.observed_at, s.ordinal
  from staging_usage_records as s
  -- 1:1, an ordinal is given once
  join newest as n on n.ordinal = s.ordinal
),

final as (
  select
    o.account_sid,
    o.day,
    o.category,
    o.currency,
    u.cost as previous_cost,
    o.cost,
    u.as_of as previous_as_of,
    o.as_of,
    o.run_number,
    o.observed_at,
    o.ordinal
  from observed as o
  -- 1:1, the ledger holds a usage record once
  join usage_records as u
    on u.account_sid = o.account_sid
    and u.day = o.day
    and u.category = o.category
    and u.currency = o.currency
  where u.cost <> o.cost and u.as_of >= cast(o.day + 2 as timestamp)
)

select
  account_sid, day, category, currency, previous_cost, cost, previous_as_of, as_of, run_number, observed_at, ordinal
from final
