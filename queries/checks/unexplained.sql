-- purpose:    A difference between Usage Records and records that has none of the known causes.
-- severity:   warn
-- meaning:    Do not close the month and do not bill from it before this is understood. reconciliation.csv has the
--             days; ask Twilio with account, day and category. A known small difference can be allowed for with
--             --tolerance.
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
    amount_text || ': no known cause, ' || days_text as detail
  from cause_accounts
  where cause = 'unexplained'
)

select subject, detail
from final
order by subject, detail
