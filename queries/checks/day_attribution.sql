-- purpose:    Usage Records count a call or message on the day beside the one on which it took place.
-- severity:   warn
-- meaning:    Nothing is missing: the two days have the same amount with opposite signs. If they lie in two months, say
--             so when the bill is compared; nothing else to do.
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
    amount_text || ': moved between neighbouring days, ' || days_text as detail
  from cause_accounts
  where cause = 'day_attribution'
)

select subject, detail
from final
order by subject, detail
