-- purpose:    Calls or messages are listed that usage does not count: the same one twice, or another account's.
-- severity:   warn
-- meaning:    Compare the account's records of these days with Twilio's console: a record listed twice under two sids
--             is charged once. Take the difference off the customer's bill if it is so.
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
    amount_text || ': ' || cast(-count_difference as varchar) || ' more listed than counted, ' || days_text as detail
  from cause_accounts
  where cause = 'surplus_rows'
)

select subject, detail
from final
order by subject, detail
