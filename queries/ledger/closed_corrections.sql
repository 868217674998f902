-- purpose:    What was found of a closed month behind its closing, by currency: its published set stays as it is, and
--             these are the corrections to it. Those of a month that was reopened are in its figures again, not here.
-- kind:       view
-- parameters: none
-- reads:      late_changes, closed_months
-- grain:      corrected_month, service, sid, change_number, currency
-- order:      none
-- columns:
--   corrected_month  DATE           UTC, first day of the closed month
--   service          VARCHAR        calls or messages
--   sid              VARCHAR
--   change_number    BIGINT         1 = the first change of this record since the closing
--   account_sid      VARCHAR
--   charged_on       DATE           UTC, day of the closed month that the record is charged on
--   change           VARCHAR        appeared, priced, changed, withdrawn, or moved from or to another month
--   previous_cost    DECIMAL(18,8)  in currency; null = nothing of this month in this currency, or unpriced
--   cost             DECIMAL(18,8)  in currency; positive = Twilio charged us; null as above
--   currency         VARCHAR        ISO 4217; empty where Twilio gives none yet
--   correction       DECIMAL(38,8)  in currency, cost less previous cost; a null counts as nothing
--   run_number       INTEGER        the run that found it
--   found_on         DATE           UTC
with changes as (
  select
    service,
    sid,
    account_sid,
    ordinal,
    previous_charged_at,
    previous_cost,
    coalesce(previous_currency, '') as previous_currency,
    charged_at,
    cost,
    coalesce(currency, '') as currency,
    case
      when previous_charged_at is null then 'appeared'
      when cost is null then 'withdrawn'
      when date_trunc('month', charged_at) <> date_trunc('month', previous_charged_at) then 'moved'
      when previous_cost is null then 'priced'
      else 'changed'
    end as change,
    run_number,
    cast(observed_at as date) as found_on
  from late_changes
),

-- What a change took away and what it brought: each from a month, in a currency of its own.
sides as (
  select
    service, sid, account_sid, ordinal, previous_charged_at as charged_at, previous_currency as currency, previous_cost,
    cast(null as decimal(18, 8)) as cost, change, run_number, found_on
  from changes
  where previous_cost is not null
  union all
  select
    service, sid, account_sid, ordinal, charged_at, currency, cast(null as decimal(18, 8)) as previous_cost,
    cost, change, run_number, found_on
  from changes
  where cost is not null or change = 'appeared'
),

dated as (
  select
    service, sid, account_sid, ordinal, cast(date_trunc('month', charged_at) as date) as month,
    cast(charged_at as date) as charged_on, currency, previous_cost, cost, change, run_number, found_on
  from sides
),

summed as (
  select
    d.month,
    d.service,
    d.sid,
    d.ordinal,
    d.currency,
    max(d.account_sid) as account_sid,
    max(d.charged_on) as charged_on,
    max(d.change) as change,
    max(d.previous_cost) as previous_cost,
    max(d.cost) as cost,
    max(d.run_number) as run_number,
    max(d.found_on) as found_on
  from dated as d
  -- n:1, a month is closed once
  join closed_months as m on m.month = d.month and d.ordinal > m.last_ordinal
  group by d.month, d.service, d.sid, d.ordinal, d.currency
),

final as (
  select
    month as corrected_month,
    service,
    sid,
    dense_rank() over (partition by month, service, sid order by ordinal) as change_number,
    account_sid,
    charged_on,
    change,
    previous_cost,
    cost,
    currency,
    cast(coalesce(cost, 0) as decimal(38, 8)) - cast(coalesce(previous_cost, 0) as decimal(38, 8)) as correction,
    run_number,
    found_on
  from summed
)

select
  corrected_month, service, sid, change_number, account_sid, charged_on, change, previous_cost, cost, currency,
  correction, run_number, found_on
from final
