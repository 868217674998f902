-- purpose:    Usage Records count the cost of calls or messages that have no price yet.
-- severity:   warn
-- meaning:    Twilio has charged them and not told their price on the record yet. Run again in a day; unpriced.csv
--             lists them. The month cannot be closed until then without a reason.
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
    amount_text || ': ' || cast(unpriced_count as varchar) || ' without a price, ' || days_text as detail
  from cause_accounts
  where cause = 'unpriced_rows'
)

select subject, detail
from final
order by subject, detail
