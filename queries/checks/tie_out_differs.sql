-- purpose:    Sums that should be the same and are not: all accounts' usage, the main account's with its subaccounts,
--             Twilio's invoice.
-- severity:   warn
-- meaning:    More in the main account's sum: an account that is not listed any more, or was not pulled; see
--             completeness.csv. An invoice that differs: look for credits, taxes, commitments and charges outside of
--             usage. tie_out.csv has the rest.
-- parameters: none
-- reads:      report_tie_out
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  month, currency and category
--   detail   VARCHAR
with final as (
  select
    strftime(month, '%Y-%m') || ' ' || currency || ' ' || category as subject,
    'accounts ' || cast(accounts_cost as varchar) || ', with subaccounts ' || cast(consolidated_cost as varchar)
    || ', difference ' || cast(difference as varchar) as detail
  from report_tie_out
  where status = 'differs'
  union all
  select
    strftime(month, '%Y-%m') || ' ' || currency || ' ' || category as subject,
    'invoice ' || cast(invoice_amount as varchar) || ', usage '
    || cast(invoice_amount - invoice_difference as varchar) || ', difference '
    || cast(invoice_difference as varchar) as detail
  from report_tie_out
  where invoice_status = 'differs'
)

select subject, detail
from final
order by subject, detail
