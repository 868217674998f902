-- purpose:    Account-days on which Twilio's `totalprice` is less than the call and message categories that it
--             contains.
-- severity:   warn
-- meaning:    A credit, a category that queries/seeds/usage_categories.csv places wrongly, or Usage Records that are
--             not final. The negative other cost is reported as it is; look at the day's Usage Records.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_days
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
with final as (
  select
    account_sid as subject,
    cast(day as varchar) || ': totalprice ' || cast(total_price_cost as varchar) || ' ' || currency
    || ', calls ' || cast(calls_usage_cost as varchar) || ' and messages ' || cast(messages_usage_cost as varchar)
    as detail
  from usage_days
  where day >= $start and day < $end and other_cost < 0
)

select subject, detail
from final
order by subject, detail
