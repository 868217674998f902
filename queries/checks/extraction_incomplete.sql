-- purpose:    Usage Records count calls or messages of lists that could not be read whole.
-- severity:   warn
-- meaning:    Run again: see incomplete_windows and quarantined_rows_present for the reason. What is missing here is
--             missing in the customer's cost.
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
    amount_text || ': the list was not read whole, ' || days_text as detail
  from cause_accounts
  where cause = 'extraction_incomplete'
)

select subject, detail
from final
order by subject, detail
