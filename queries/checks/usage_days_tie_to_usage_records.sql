-- purpose:    Twilio's daily totals as reports read them against the Usage Records in the ledger, by account and
--             currency.
-- severity:   fail
-- meaning:    The sums by day that are kept are not those of the Usage Records. Delete subledger.duckdb in the data
--             folder, which is made anew, and run `subledger report` again; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      usage_days, usage_records
-- grain:      subject
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid and currency
--   detail   VARCHAR  both totals
with recorded as (
  select account_sid, currency, sum(cost) as cost, count(*) as day_count
  from usage_records
  where category = 'totalprice' and day >= $start and day < $end
  group by account_sid, currency
),

added as (
  select account_sid, currency, sum(total_price_cost) as cost, count(*) as day_count
  from usage_days
  where total_price_cost is not null and day >= $start and day < $end
  group by account_sid, currency
),

-- 1:1, both are grouped by account and currency
compared as (
  select
    coalesce(r.account_sid, a.account_sid) as account_sid,
    coalesce(r.currency, a.currency) as currency,
    coalesce(r.cost, cast(0 as decimal(38, 8))) as record_cost,
    coalesce(a.cost, cast(0 as decimal(38, 8))) as day_cost,
    coalesce(r.day_count, 0) as record_count,
    coalesce(a.day_count, 0) as day_count
  from recorded as r
  full join added as a on a.account_sid = r.account_sid and a.currency = r.currency
),

final as (
  select
    account_sid || ' ' || currency as subject,
    'the ledger holds totalprice ' || cast(record_cost as varchar) || ' on ' || cast(record_count as varchar)
    || ' days; the sums by day ' || cast(day_cost as varchar) || ' on ' || cast(day_count as varchar) as detail
  from compared
  where record_cost <> day_cost or record_count <> day_count
)

select subject, detail
from final
order by subject, detail
