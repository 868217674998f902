-- purpose:    The itemised side of the reconciliation against the calls and messages in the ledger, by account and
--             service: records, unpriced ones and cost.
-- severity:   fail
-- meaning:    The reconciliation lost or doubled records. Do not send it out; report the bug with this line.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      report_reconciliation, charges
-- grain:      subject, detail
-- order:      subject, detail
-- columns:
--   subject  VARCHAR  account sid
--   detail   VARCHAR
-- Unpriced records without a currency may stand in that of their account: those of no cost are counted over all
-- currencies.
with ledger as (
  select
    account_sid,
    currency,
    count(*) as record_count,
    count(*) - count(cost) as unpriced_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from charges
  where charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by account_sid, currency
),

together as (
  select account_sid, '' as currency, record_count as ledger_count, unpriced_count as ledger_unpriced, 0 as row_count,
    0 as row_unpriced, cast(0 as decimal(38, 8)) as ledger_cost, cast(0 as decimal(38, 8)) as row_cost
  from ledger
  union all
  select account_sid, currency, 0 as ledger_count, 0 as ledger_unpriced, 0 as row_count, 0 as row_unpriced,
    cost as ledger_cost, cast(0 as decimal(38, 8)) as row_cost
  from ledger
  union all
  select account_sid, '' as currency, 0 as ledger_count, 0 as ledger_unpriced,
    itemised_count + unbilled_count as row_count, unpriced_count as row_unpriced,
    cast(0 as decimal(38, 8)) as ledger_cost, cast(0 as decimal(38, 8)) as row_cost
  from report_reconciliation
  union all
  select account_sid, currency, 0 as ledger_count, 0 as ledger_unpriced, 0 as row_count, 0 as row_unpriced,
    cast(0 as decimal(38, 8)) as ledger_cost, itemised_cost as row_cost
  from report_reconciliation
),

summed as (
  select
    account_sid,
    currency,
    sum(ledger_count) as ledger_count,
    sum(row_count) as row_count,
    sum(ledger_unpriced) as ledger_unpriced,
    sum(row_unpriced) as row_unpriced,
    sum(ledger_cost) as ledger_cost,
    sum(row_cost) as row_cost
  from together
  group by account_sid, currency
),

final as (
  select
    account_sid as subject,
    case
      when currency = '' then
        'the ledger holds ' || cast(ledger_count as varchar) || ' records, ' || cast(ledger_unpriced as varchar)
        || ' unpriced; the reconciliation ' || cast(row_count as varchar) || ', ' || cast(row_unpriced as varchar)
      else
        'the ledger holds ' || cast(ledger_cost as varchar) || ' ' || currency || '; the reconciliation '
        || cast(row_cost as varchar)
    end as detail
  from summed
  where ledger_count <> row_count or ledger_unpriced <> row_unpriced or ledger_cost <> row_cost
)

select subject, detail
from final
order by subject, detail
