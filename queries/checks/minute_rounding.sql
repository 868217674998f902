-- purpose:    Usage Records count other minutes for as many calls.
-- severity:   warn
-- meaning:    Twilio rounds minutes by the pricing of each call. Where it charged for the rounding, the amount stands
--             in usage and in no record: the customer owes it as other cost. A large amount is worth a question to
--             Twilio.
-- parameters: none
-- reads:      cause_accounts
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with final as (
  select
    account_sid as subject,
    amount_text || ': ' || cast(units_difference as varchar) || ' minutes more than started ones, ' || days_text
      as detail
  from cause_accounts
  where cause = 'minute_rounding'
)

select subject, detail
from final
order by subject, detail
