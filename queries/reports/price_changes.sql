-- purpose:    Prices that Twilio set late, changed or took back, of calls and messages of the period.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      price_history, account_customers
-- grain:      service, sid, change_number
-- order:      charged_at, service, sid, change_number
-- columns:
--   charged_at         TIMESTAMP      UTC, when the call started or the message was sent
--   service            VARCHAR        calls or messages
--   sid                VARCHAR
--   change_number      BIGINT         1 = the first change of this record
--   account_sid        VARCHAR
--   customer_id        VARCHAR
--   change             VARCHAR        priced, changed or withdrawn
--   previous_cost      DECIMAL(18,8)  in previous_currency; empty = unpriced
--   previous_currency  VARCHAR        ISO 4217; empty where Twilio gave none
--   cost               DECIMAL(18,8)  in currency; positive = Twilio charged us; empty = unpriced
--   currency           VARCHAR        ISO 4217; empty where Twilio gives none
--   run_number         INTEGER        the run that found it
--   observed_on        DATE           UTC
with numbered as (
  select
    charged_at,
    service,
    sid,
    row_number() over (partition by service, sid order by ordinal) as change_number,
    account_sid,
    previous_cost,
    previous_currency,
    cost,
    currency,
    run_number,
    cast(observed_at as date) as observed_on
  from price_history
),

final as (
  select
    n.charged_at,
    n.service,
    n.sid,
    n.change_number,
    n.account_sid,
    coalesce(c.customer_id, 'unallocated') as customer_id,
    case
      when n.previous_cost is null then 'priced'
      when n.cost is null then 'withdrawn'
      else 'changed'
    end as change,
    n.previous_cost,
    coalesce(n.previous_currency, '') as previous_currency,
    n.cost,
    coalesce(n.currency, '') as currency,
    n.run_number,
    n.observed_on
  from numbered as n
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as c
    on c.account_sid = n.account_sid
    and c.valid_from <= cast(n.charged_at as date)
    and c.valid_to > cast(n.charged_at as date)
  where n.charged_at >= cast($start as timestamp) and n.charged_at < cast($end as timestamp)
)

select
  charged_at, service, sid, change_number, account_sid, customer_id, change, previous_cost, previous_currency, cost,
  currency, run_number, observed_on
from final
order by charged_at, service, sid, change_number
