-- purpose:    Twilio changed a final Usage Record or a price, and the other side stayed as it was.
-- severity:   warn
-- meaning:    Usage and records should follow each other within days. Run again with a longer --look-back; if it stays,
--             ask Twilio which of the two the invoice has.
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
    amount_text || ': changed on one side only, ' || days_text as detail
  from cause_accounts
  where cause = 'restated'
)

select subject, detail
from final
order by subject, detail
