-- purpose:    What the ledger holds of the period, by service and currency: the figures that the other reports must add
--             up to.
-- parameters: $start DATE inclusive UTC; $end DATE exclusive UTC
-- reads:      charges, calls, messages, usage_records, open_quarantine
-- grain:      service, currency
-- order:      service, currency
-- columns:
--   service            VARCHAR        calls, messages, usage_records, or consolidated_usage_records (of the main
--                                     account with all its subaccounts) where some are in quarantine
--   currency           VARCHAR        ISO 4217; empty where Twilio gives none
--   record_count       BIGINT         charges, unpriced ones included; of usage records the days of all categories
--   priced_count       BIGINT         of those
--   unpriced_count     BIGINT         of those: counted in no cost
--   cost               DECIMAL(38,8)  of the priced ones; positive = Twilio charged us; of usage records `totalprice`
--                                     alone, which holds the other categories
--   undated_count      BIGINT         beside those: without date and price, no charges; undated.csv lists them
--   quarantined_count  BIGINT         beside those: cannot be used; one without a day is in no period
with charged as (
  select
    service,
    currency,
    count(*) as record_count,
    count(cost) as priced_count,
    coalesce(sum(cost), cast(0 as decimal(38, 8))) as cost
  from charges
  where day >= $start and day < $end
  group by service, currency
),

used as (
  select
    currency,
    count(*) as record_count,
    sum(case when category = 'totalprice' then cost else 0 end) as cost
  from usage_records
  where day >= $start and day < $end
  group by currency
),

undated as (
  select 'calls' as service, coalesce(currency, '') as currency, count(*) as undated_count
  from calls
  where is_undated and cost is null and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by coalesce(currency, '')
  union all
  select 'messages' as service, coalesce(currency, '') as currency, count(*) as undated_count
  from messages
  where is_undated and cost is null and charged_at >= cast($start as timestamp) and charged_at < cast($end as timestamp)
  group by coalesce(currency, '')
),

quarantined as (
  select resource, currency, count(*) as quarantined_count
  from open_quarantine
  where day >= $start and day < $end
  group by resource, currency
),

together as (
  select service, currency, record_count, priced_count, cost, 0 as undated_count, 0 as quarantined_count
  from charged
  union all
  select
    'usage_records' as service,
    currency,
    record_count,
    record_count as priced_count,
    cost,
    0 as undated_count,
    0 as quarantined_count
  from used
  union all
  select
    service,
    currency,
    0 as record_count,
    0 as priced_count,
    cast(0 as decimal(38, 8)) as cost,
    undated_count,
    0 as quarantined_count
  from undated
  union all
  select
    resource as service,
    currency,
    0 as record_count,
    0 as priced_count,
    cast(0 as decimal(38, 8)) as cost,
    0 as undated_count,
    quarantined_count
  from quarantined
),

final as (
  select
    service,
    currency,
    cast(sum(record_count) as bigint) as record_count,
    cast(sum(priced_count) as bigint) as priced_count,
    cast(sum(record_count - priced_count) as bigint) as unpriced_count,
    sum(cost) as cost,
    cast(sum(undated_count) as bigint) as undated_count,
    cast(sum(quarantined_count) as bigint) as quarantined_count
  from together
  group by service, currency
)

select
  service, currency, record_count, priced_count, unpriced_count, cost, undated_count, quarantined_count
from final
order by service, currency
