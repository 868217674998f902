-- purpose:    Cost of accounts that belong to no customer.
-- severity:   warn
-- meaning:    Give the account a line in customers.csv, or a FriendlyName where there is no map. Until then its cost
--             stands under `unallocated`.
-- parameters: none
-- reads:      report_account_cost
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with final as (
  select
    account_sid as subject,
    cast(month as varchar) || ': itemised ' || cast(itemised_cost as varchar) || ', other '
    || coalesce(cast(other_cost as varchar), 'not known') || ' '
    || case when currency = '' then '(no currency)' else currency end || ', '
    || cast(calls_count + messages_count as varchar) || ' calls and messages, '
    || cast(unpriced_calls + unpriced_messages as varchar) || ' of them unpriced' as detail
  from report_account_cost
  where customer_id = 'unallocated'
)

select subject, detail
from final
order by subject, detail
