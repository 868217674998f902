-- purpose:    Corrections to closed months that were found in the period: their published files stay as they are.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      closed_corrections, account_customers
-- grain:      corrected_month, service, sid, change_number, currency
-- order:      found_on, corrected_month, service, sid, change_number, currency
-- totals:     correction
-- columns:
--   found_on         DATE           UTC, day of the run that found it: in the period
--   corrected_month  DATE           UTC, first day of the closed month
--   service          VARCHAR        calls or messages
--   sid              VARCHAR
--   change_number    BIGINT         1 = the first change of this record since the closing
--   account_sid      VARCHAR
--   customer_id      VARCHAR        whose the account was on the day of the charge
--   change           VARCHAR        appeared, priced, changed, withdrawn, or moved from or to another month
--   previous_cost    DECIMAL(18,8)  in currency; empty = nothing of this month in this currency, or unpriced
--   cost             DECIMAL(18,8)  in currency; positive = Twilio charged us; empty as above
--   currency         VARCHAR        ISO 4217; empty where Twilio gives none yet. Another currency makes two rows
--   correction       DECIMAL(38,8)  in currency, to be added to the closed month: cost less previous cost
--   run_number       INTEGER        the run that found it
with final as (
  select
    c.found_on,
    c.corrected_month,
    c.service,
    c.sid,
    c.change_number,
    c.account_sid,
    coalesce(a.customer_id, 'unallocated') as customer_id,
    c.change,
    c.previous_cost,
    c.cost,
    c.currency,
    c.correction,
    c.run_number
  from closed_corrections as c
  -- n:1, an account-day has one customer; none where Twilio does not list the account
  left join account_customers as a
    on a.account_sid = c.account_sid
    and a.valid_from <= c.charged_on
    and a.valid_to > c.charged_on
  where c.found_on >= $start and c.found_on < $end
)

select
  found_on, corrected_month, service, sid, change_number, account_sid, customer_id, change, previous_cost, cost,
  currency, correction, run_number
from final
order by found_on, corrected_month, service, sid, change_number, currency
