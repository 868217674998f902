-- purpose:    Twilio charged for calls or messages that its lists no longer show, or shows none of the charges for ones
--             that are kept here.
-- severity:   warn
-- meaning:    Somebody deleted records at Twilio, or their history ran out, before they were pulled. The charge stands
--             in Usage Records; the customer owes it although no line shows it. Ask who deletes records, and pull more
--             often than they do.
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
    amount_text || ': ' || cast(count_difference as varchar) || ' more counted than listed, ' || days_text as detail
  from cause_accounts
  where cause = 'deleted_at_twilio'
)

select subject, detail
from final
order by subject, detail
