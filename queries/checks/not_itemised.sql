-- purpose:    Usage Records hold more in a category than in the categories inside it, and no record shows it.
-- severity:   warn
-- meaning:    Twilio charged for something inside the category that its lists do not show. The customer owes it as
--             other cost; see usage_categories_add_up for the category, and tell us if it is new.
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
    amount_text || ': in a category and in none of those inside it, ' || days_text as detail
  from cause_accounts
  where cause = 'not_itemised'
)

select subject, detail
from final
order by subject, detail
