-- purpose:    A category holds more than the categories inside it, or Twilio lists a category that the tree does not
--             know.
-- severity:   warn
-- meaning:    It is part of other cost. If a category is new, add it to queries/seeds/usage_categories.csv or ask for
--             an update; the customer owes it all the same.
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
    amount_text || ' that no list shows' || days_text as detail
  from cause_accounts
  where cause = 'not_itemised'
)

select subject, detail
from final
order by subject, detail
