-- purpose:    Usage Records count the same records in another currency.
-- severity:   warn
-- meaning:    Twilio changed the billing currency of the account, and one side still has the old one. Nothing is
--             converted here. Run again later; if it stays, ask Twilio which currency the invoice has.
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
    amount_text || ': as many records in another currency, ' || days_text as detail
  from cause_accounts
  where cause = 'currency_mismatch'
)

select subject, detail
from final
order by subject, detail
