-- purpose:    Prices of messages that failed, of which usage lists the fee in a category of its own.
-- severity:   warn
-- meaning:    Twilio charges a fee for handling a message that failed. It stands in the messages' cost and once more in
--             other cost: bill it once.
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
    amount_text || ': of failed messages that usage lists apart, ' || days_text as detail
  from cause_accounts
  where cause = 'failed_message_fees'
)

select subject, detail
from final
order by subject, detail
